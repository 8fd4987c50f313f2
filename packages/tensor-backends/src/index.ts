export { BackendError } from './backend-error.ts';
export { countKernels } from './count-kernels.ts';
export { addRelu } from './ops/add-relu.ts';
export {
  type BatchNormActivation,
  batchNormAdd,
  type BatchNormResult,
  batchNormTraining,
  type MovingStatistics,
} from './ops/batch-norm.ts';
export { batchNormInference, type FixedBatchNorm } from './ops/batch-norm-inference.ts';
export { type Collective, collective, joinCollective, soleReplica } from './ops/collective.ts';
export { type DropoutPlace, dropout, dropoutMask } from './ops/dropout.ts';
export { type FusedActivation, type FusedConvOptions, fusedConv2d, fusedDense } from './ops/fused-layers.ts';
export { groupNorm, layerNorm } from './ops/group-norm.ts';
export { maxPoolRelu, type PoolWindow } from './ops/max-pool-relu.ts';
export {
  type AdamOptions,
  adamStep,
  emaStep,
  type MomentumOptions,
  momentumStep,
  type PerWeight,
  type RmspropOptions,
  rmspropStep,
  type StepOptions,
  sgdStep,
} from './ops/optimizer-steps.ts';
export { classificationLoss, type LossTargets } from './ops/classification-loss.ts';
export { type LossSettings, rowLoss } from './ops/row-loss.ts';
export { gelu, mish } from './ops/smooth-rectifiers.ts';
export { type CrossEntropy, type CrossEntropyOptions, softmaxCrossEntropy } from './ops/softmax-cross-entropy.ts';
export { copyIn, copyOut, type MemoryUse, memoryUse } from './ops/tensor-storage.ts';
export { type StartedBackend, type StartOptions, startBackend, TFJS_VERSION } from './start-backend.ts';
