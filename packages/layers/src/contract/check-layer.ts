import { startBackend } from '@ablate/tensor-backends';
import * as tf from '@tensorflow/tfjs-core';
import type { Bench } from './bench.ts';
import { modelOfLayer } from './bench-model.ts';
import { type CheckName, type CheckResult, checkNames, NothingToCheck } from './check-result.ts';
import {
  checkDtype,
  checkEmptyBatch,
  checkMacs,
  checkOutputShape,
  checkUnknownBatch,
  checkWeights,
} from './description-checks.ts';
import { checkDeterminism, checkForward, checkMemory, checkSaveAndLoad } from './forward-checks.ts';
import { checkInputGradients, checkLowersLoss, checkWeightGradients } from './gradient-checks.ts';
import type { LayerCase, LayerSubject } from './layer-subject.ts';

/** A check throws where the layer fails it; it may return what it measured. */
const checks: Record<CheckName, (bench: Bench) => string | void | Promise<void>> = {
  'output shape': checkOutputShape,
  weights: checkWeights,
  macs: checkMacs,
  dtype: checkDtype,
  'unknown batch': checkUnknownBatch,
  'save and load': checkSaveAndLoad,
  forward: checkForward,
  'input gradients': checkInputGradients,
  'weight gradients': checkWeightGradients,
  'lowers a loss': checkLowersLoss,
  determinism: checkDeterminism,
  'empty batch': checkEmptyBatch,
  memory: checkMemory,
};

/**
 * Puts a layer through the contract: its descriptor against its model (shape, weights, MACs against counted ones), dtype,
 * any batch size, none too, saving and loading, forward values against plain loops, gradients of inputs and weights
 * against central differences, a step that lowers a loss, determinism, no tensors left behind.
 *
 * @param cases Arguments and input shapes to try it with.
 * @returns One result for each case and check, in the order of {@link checkNames}. It throws for nothing that a layer does.
 * @throws BackendError if the backend can't be started.
 */
export async function checkLayer(
  subject: LayerSubject,
  cases: readonly LayerCase[],
  { backend }: { backend: NonNullable<Parameters<typeof startBackend>[0]> },
): Promise<CheckResult[]> {
  await startBackend(backend);
  const results: CheckResult[] = [];
  for (const layerCase of cases) {
    for (const check of checkNames) {
      const outcome = await run(subject, layerCase, check);
      const inputs = layerCase.inputs.map((shape) => `[${shape.join(', ')}]`).join(' ');
      const named = {
        check,
        type: subject.descriptor.type,
        case: `${JSON.stringify(layerCase.args)} on ${inputs}`,
        backend,
      };
      results.push({ ...named, ...outcome });
    }
  }
  return results;
}

async function run(
  subject: LayerSubject,
  layerCase: LayerCase,
  check: CheckName,
): Promise<Pick<CheckResult, 'status' | 'detail'>> {
  const engine = tf.engine();
  engine.startScope();
  try {
    const args = subject.descriptor.args.parse(layerCase.args);
    const built = modelOfLayer(subject, layerCase);
    try {
      const measured = await checks[check]({ subject, layerCase, args, built });
      return { status: 'passed', detail: measured ?? '' };
    } finally {
      built.dispose();
    }
  } catch (error) {
    if (error instanceof NothingToCheck) return { status: 'absent', detail: error.message };
    return { status: 'failed', detail: error instanceof Error ? error.message : String(error) };
  } finally {
    engine.endScope();
  }
}
