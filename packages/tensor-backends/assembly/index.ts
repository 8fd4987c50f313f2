export { pack } from './tile';
export { matmul } from './matmul';
export { convolveFrame, filterGradientFrame, frameImage, unpackFilterGradient, widenRows } from './conv2d';
export { depthwiseFilterGradient, depthwiseForward, depthwiseInputGradient, unframeImage } from './depthwise';
export { maxPoolGradient } from './pooling';
export { batchMoments, batchNormInputGradient, batchNormSums, scaleShift } from './batch-norm';
export { addBias, columnSums, reluGradient, segmentSum } from './elementwise';
export { adamStep, momentumStep, sgdStep } from './optimizers';
export { dropoutMask } from './dropout-mask';
