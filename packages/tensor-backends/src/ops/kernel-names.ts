import { getBackend, getKernel } from '@tensorflow/tfjs-core';

/** Kernels of our own; those of tfjs keep tfjs's names, so that any tfjs program profits. */
export const kernelNames = {
  batchNorm: 'AblateBatchNorm',
  batchNormRelu: 'AblateBatchNormRelu',
  batchNormAdd: 'AblateBatchNormAdd',
  batchNormGrad: 'AblateBatchNormGrad',
  batchNormInference: 'AblateBatchNormInference',
  layerNorm: 'AblateLayerNorm',
  layerNormGrad: 'AblateLayerNormGrad',
  groupNorm: 'AblateGroupNorm',
  groupNormGrad: 'AblateGroupNormGrad',
  softmaxGrad: 'AblateSoftmaxGrad',
  mish: 'AblateMish',
  mishGrad: 'AblateMishGrad',
  gelu: 'AblateGelu',
  geluGrad: 'AblateGeluGrad',
  addRelu: 'AblateAddRelu',
  maxPoolRelu: 'AblateMaxPoolRelu',
  biasActivationGrad: 'AblateBiasActivationGrad',
  columnSums: 'AblateColumnSums',
  reluGrad: 'AblateReluGrad',
  dropout: 'AblateDropout',
  dropoutMask: 'AblateDropoutMask',
  softmaxCrossEntropy: 'AblateSoftmaxCrossEntropy',
  sgdStep: 'AblateSgdStep',
  momentumStep: 'AblateMomentumStep',
  adamStep: 'AblateAdamStep',
  rmspropStep: 'AblateRmspropStep',
  emaStep: 'AblateEmaStep',
  classificationLoss: 'AblateClassificationLoss',
} as const;

/** Whether the current backend has the kernel; where it has not, ops are composed of tfjs's. */
export function hasKernel(name: string): boolean {
  return getKernel(name, getBackend()) !== undefined && getKernel(name, getBackend()) !== null;
}
