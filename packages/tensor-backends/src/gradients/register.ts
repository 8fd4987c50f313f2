import { type GradConfig, registerGradient } from '@tensorflow/tfjs-core';
// Registers tfjs's own gradients; ours come after and win.
import '@tensorflow/tfjs-layers';
import { addReluGradient } from '../ops/add-relu.ts';
import { batchNormAddGradient, batchNormGradient, batchNormReluGradient } from '../ops/batch-norm.ts';
import { batchNormInferenceGradient } from '../ops/batch-norm-inference.ts';
import { classificationLossGradient } from '../ops/classification-loss.ts';
import { dropoutGradient } from '../ops/dropout.ts';
import { groupNormGradients } from '../ops/group-norm.ts';
import { maxPoolReluGradient } from '../ops/max-pool-relu.ts';
import { smoothRectifierGradients } from '../ops/smooth-rectifiers.ts';
import { softmaxCrossEntropyGradient } from '../ops/softmax-cross-entropy.ts';
import { avgPoolGradient, reluGradient, softmaxGradient } from './activations-and-pools.ts';
import { conv2dGradient, depthwiseGradient, fusedConv2dGradient, fusedMatMulGradient } from './convolutions.ts';

const gradients: readonly GradConfig[] = [
  addReluGradient,
  avgPoolGradient,
  batchNormAddGradient,
  batchNormGradient,
  batchNormInferenceGradient,
  batchNormReluGradient,
  classificationLossGradient,
  conv2dGradient,
  depthwiseGradient,
  dropoutGradient,
  fusedConv2dGradient,
  fusedMatMulGradient,
  ...groupNormGradients,
  maxPoolReluGradient,
  reluGradient,
  ...smoothRectifierGradients,
  softmaxCrossEntropyGradient,
  softmaxGradient,
];

/** Gradients are global to tfjs and hold on every backend. Registering them again changes nothing. */
export function registerGradients(): void {
  for (const gradient of gradients) registerGradient(gradient);
}
