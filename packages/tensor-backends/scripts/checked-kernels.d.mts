export { FUSED_KERNELS_BASE64, KERNELS_BASE64 } from '../src/generated/kernels-binary.ts';
