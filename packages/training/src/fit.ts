import type { LayersModel } from '@tensorflow/tfjs-layers';
import { randomStream } from '@ablate/random';
import { checkFit, stepsPerEpoch, totalSteps } from './check-fit.ts';
import { Checkpoints, lastGood } from './checkpoints.ts';
import { EpochReactions } from './epoch-reactions.ts';
import { evaluate } from './evaluate.ts';
import { eventLoopTurns } from './event-loop-turns.ts';
import type { Examples } from './examples.ts';
import type { FitOptions, FitResult } from './fit-options.ts';
import { badWeight, firstNotFinite } from './not-finite.ts';
import { Optimizer } from './optimizer.ts';
import { type Replica, soleReplica } from './replica.ts';
import type { Score } from './schema/events.ts';
import type { EpochScores } from './schema/monitor.ts';
import { learningRateAt } from './schema/schedule.ts';
import { checkSnapshot, type Snapshot } from './schema/snapshot.ts';
import { StepLoss } from './step-loss.ts';
import { readParts } from './step-parts.ts';
import { StepProbes } from './step-probes.ts';
import { trainStep } from './train-step.ts';
import { TrainingError } from './training-error.ts';
import { WeightAverage } from './weight-average.ts';
import { checkWeights, readWeights, writeWeights } from './weight-values.ts';

/**
 * Trains a model that gives logits [batch, classes] with the recipe's loss, plus the penalties of its regularizers.
 * Epoch e sees the examples in the order `randomStream(seed, 'data/order/e').permutation(count)`, the last batch with what
 * remains. The same model, examples, recipe, seed and backend give the same weights to the bit.
 *
 * Replicas see the same batches, each a part of every one, and end each step with the same weights. With the same number
 * of replicas a run is the same to the bit.
 *
 * A run that goes on from one of its snapshots ends with the same bits, and says the same from there on.
 *
 * The model need not be compiled; its weights are changed in place, and its layers get
 * `{ training: true, random: { seed, step, row } }` in their `call`.
 *
 * @throws TrainingError before anything is changed if model, examples and recipe don't fit; as soon as a loss is not
 *   finite, naming what was so first, with the trained weights as they were before that step (moving statistics of batch
 *   norm have seen its batch); at a checkpoint, or the end of an epoch, if a weight is not finite.
 */
export async function fit(model: LayersModel, options: FitOptions): Promise<FitResult> {
  checkFit(model, options);
  const optimizer = new Optimizer(options.recipe.optimizer, model.trainableWeights);
  const { ema } = options.recipe;
  const average = ema && new WeightAverage(ema, model.weights);
  const reactions = new EpochReactions(options.recipe, model.weights);
  try {
    const run = new Run(model, { optimizer, average, reactions }, options);
    if (options.resume !== undefined) run.restore(options.resume);
    return await run.run();
  } finally {
    optimizer.dispose();
    average?.dispose();
    reactions.dispose();
  }
}

/** What a run keeps beside the model. */
interface RunState {
  optimizer: Optimizer;
  average: WeightAverage | undefined;
  reactions: EpochReactions;
}

class Run {
  readonly #model: LayersModel;
  readonly #optimizer: Optimizer;
  readonly #average: WeightAverage | undefined;
  readonly #reactions: EpochReactions;
  readonly #options: FitOptions;
  readonly #replica: Replica;
  readonly #turn = eventLoopTurns();
  readonly #loss: StepLoss;
  readonly #measured: Uint32Array;
  readonly #stepsPerEpoch: number;
  readonly #checkpoints: Checkpoints;
  readonly #probes: StepProbes;
  /** Whole epochs, and the scores after the last. */
  #epochs = 0;
  #scores: EpochScores | undefined;
  /** Seconds of the training steps of whole epochs. */
  #seconds = 0;
  /** Sums over the steps of the epoch under way, and seconds that they took. */
  #running = { loss: 0, correct: 0, seconds: 0 };

  constructor(model: LayersModel, { optimizer, average, reactions }: RunState, options: FitOptions) {
    this.#model = model;
    this.#optimizer = optimizer;
    this.#average = average;
    this.#reactions = reactions;
    this.#options = options;
    const { recipe, train, seed, signal } = options;
    this.#replica = options.replica ?? soleReplica(signal);
    this.#loss = new StepLoss(recipe, train);
    const order = randomStream(seed, 'evaluate/train').permutation(train.count);
    this.#measured = order.subarray(0, recipe.evaluation.trainExamples).sort();
    this.#stepsPerEpoch = stepsPerEpoch(train, recipe);
    const own = this.#replica.index === 0 ? options.checkpoints : undefined;
    this.#probes = new StepProbes(model, options.probes ?? [], this.#replica);
    this.#checkpoints = new Checkpoints(own, () => this.#snapshot(), options.resume?.optimizer.steps);
  }

  /** @throws TrainingError unless the snapshot is of this run. */
  restore(snapshot: Snapshot): void {
    const { seed, recipe } = this.#options;
    checkSnapshot(snapshot, { seed, stepsPerEpoch: this.#stepsPerEpoch, epochs: recipe.epochs });
    const { weights, optimizer, average, reactions } = snapshot;
    if ((average === undefined) !== (this.#average === undefined)) {
      throw new TrainingError(
        `snapshot: must have averaged weights exactly where the recipe has ema; they ${average ? 'are there' : 'are missing'}. Use a snapshot of the same run.`,
      );
    }
    checkWeights(this.#model.weights, weights);
    this.#optimizer.restore(optimizer);
    if (average !== undefined) this.#average?.restore(average);
    this.#reactions.restore(reactions);
    writeWeights(this.#model.weights, weights);
    this.#epochs = snapshot.epochs;
    this.#scores = snapshot.scores;
    this.#seconds = snapshot.seconds;
    this.#running = { ...snapshot.running };
  }

  async #snapshot(): Promise<Snapshot> {
    const average = await this.#average?.state();
    return {
      seed: this.#options.seed,
      stepsPerEpoch: this.#stepsPerEpoch,
      epochs: this.#epochs,
      ...(this.#scores && { scores: this.#scores }),
      seconds: this.#seconds,
      running: { ...this.#running },
      weights: await readWeights(this.#model.weights),
      optimizer: await this.#optimizer.state(),
      ...(average && { average }),
      reactions: await this.#reactions.state(),
    };
  }

  async run(): Promise<FitResult> {
    const { train, recipe, resume, onEvent } = this.#options;
    const { epochs, batchSize } = recipe;
    const stepsPerEpoch = this.#stepsPerEpoch;
    const resumedAt = resume?.optimizer.steps;
    const result: FitResult = { epochs: this.#epochs, steps: resumedAt ?? 0, ...this.#scores };
    const maxSteps = totalSteps(train, recipe) < epochs * stepsPerEpoch ? { maxSteps: recipe.maxSteps } : {};
    const size = { epochs, stepsPerEpoch, examples: train.count, batchSize, ...maxSteps };
    onEvent({ type: 'start', ...size, ...(resumedAt !== undefined && { resumedAt }) });
    for (let epoch = this.#epochs + 1; epoch <= epochs && !this.#reactions.isEnd; epoch++) {
      const stopped = await this.#epoch(epoch);
      const trained = performance.now();
      result.steps = this.#optimizer.steps;
      if (stopped !== undefined) result.stopped = stopped;
      if (stopped === 'requested') await this.#checkpoints.save();
      const examples = this.#seen(epoch);
      if (stopped === 'requested' || examples === 0) break;
      const running = { loss: this.#running.loss / examples, accuracy: this.#running.correct / examples };
      const learningRate = this.#learningRate(result.steps - 1);
      await this.#checkWeights(epoch);
      this.#average?.swap();
      const scores = await this.#evaluate();
      this.#reactions.after(epoch, scores);
      this.#average?.swap();
      if (examples === train.count) result.epochs = epoch;
      Object.assign(result, scores);
      onEvent({ type: 'epoch', epoch, step: result.steps, learningRate, running, ...scores });
      const trainSeconds = this.#running.seconds;
      const evaluateSeconds = (performance.now() - trained) / 1000;
      const times = { trainSeconds, evaluateSeconds, examplesPerSecond: examples / trainSeconds };
      onEvent({ type: 'timing', epoch, ...times, endedAt: Date.now() / 1000 });
      if (stopped !== undefined) break;
      this.#epochs = epoch;
      this.#scores = scores;
      this.#seconds += trainSeconds;
      this.#running = { loss: 0, correct: 0, seconds: 0 };
      await this.#checkpoints.look(result.steps);
    }
    if (result.stopped !== 'requested') this.#finish(result);
    const { stopped, earlyStopping } = result;
    const why = { ...(stopped && { stopped }), ...(earlyStopping && { earlyStopping }) };
    onEvent({ type: 'end', epochs: result.epochs, steps: result.steps, ...why });
    return result;
  }

  /** Leaves the model with the weights that the run is for. */
  #finish(result: FitResult): void {
    this.#average?.swap();
    const finished = this.#reactions.finish();
    if (finished === undefined) return;
    Object.assign(result, finished.scores);
    result.earlyStopping = finished.outcome;
  }

  /** Examples of an epoch that its steps have taken. */
  #seen(epoch: number): number {
    const { train, recipe } = this.#options;
    const steps = this.#optimizer.steps - (epoch - 1) * this.#stepsPerEpoch;
    return Math.min(steps * recipe.batchSize, train.count);
  }

  /** What ended it before its last step, where anything did. */
  async #epoch(epoch: number): Promise<FitResult['stopped']> {
    const { train, recipe, seed } = this.#options;
    const replica = this.#replica;
    const { batchSize } = recipe;
    let last = performance.now();
    const order = randomStream(seed, `data/order/${epoch}`).permutation(train.count);
    for (let start = this.#seen(epoch); start < train.count; start += batchSize) {
      const stopped = this.#mustStop();
      if (stopped !== undefined) return stopped;
      const batch = order.subarray(start, start + batchSize);
      const step = this.#optimizer.steps + 1;
      const parts = readParts(train, batch, replica, recipe, { seed, epoch, step: step - 1 });
      const learningRate = this.#learningRate(step - 1);
      const place = {
        shape: train.shape,
        seed,
        step: step - 1,
        learningRate,
        rows: batch.length,
        lossOf: this.#loss,
        clipping: recipe,
        watch: this.#probes.watch(step),
      };
      await this.#probes.seeActivations(step, parts, place);
      const outcome = await trainStep(this.#model, this.#optimizer, replica, parts, place, async ({ objective }) => {
        if (Number.isFinite(objective)) return;
        const first = await firstNotFinite(this.#model, replica, parts, place);
        const what = first === undefined ? '' : ` First to be not finite was ${first}.`;
        throw new TrainingError(
          `fit: the loss must stay finite; it became ${objective} in epoch ${epoch}, step ${step}.${what}${this.#lastCheckpoint()} Use a smaller learning rate (=${learningRate}), or look for values that are not finite in the data.`,
        );
      });
      this.#average?.update();
      const running = this.#running;
      running.loss += outcome.loss * batch.length;
      running.correct += outcome.correct;
      this.#reportStep({ epoch, step, learningRate, loss: outcome.loss, accuracy: outcome.correct / batch.length });
      for (const reading of this.#probes.readings(step)) this.#options.onEvent({ type: 'probe', ...reading });
      await this.#turn();
      const now = performance.now();
      running.seconds += (now - last) / 1000;
      last = now;
      await this.#checkpoints.look(step);
    }
    return undefined;
  }

  /** A weight that is not finite can hide from the loss: behind a mask, or in a moving statistic. */
  async #checkWeights(epoch: number): Promise<void> {
    const bad = badWeight(await readWeights(this.#model.weights));
    if (bad === undefined) return;
    const { steps } = this.#optimizer;
    throw new TrainingError(
      `fit: weights must stay finite; "${bad}" did not, in epoch ${epoch}, step ${steps} at the latest.${this.#lastCheckpoint()} Use a smaller learning rate (=${this.#learningRate(steps - 1)}).`,
    );
  }

  /** Of which step the last checkpoint is, in words; only the first replica knows, and all are to say the same. */
  #lastCheckpoint(): string {
    if (this.#options.checkpoints === undefined) return '';
    const step = Float64Array.of(this.#replica.index === 0 ? (this.#checkpoints.step ?? -1) : 0);
    this.#replica.sum(step);
    const [of = -1] = step;
    return lastGood(of < 0 ? undefined : of);
  }

  /** Why no further step is taken, as far as any replica knows: all of them hear the same. */
  #mustStop(): FitResult['stopped'] {
    const { maxSteps, maxTime } = this.#options.recipe;
    const { steps } = this.#optimizer;
    // A run has one step at the least, or there would be nothing to measure.
    const isLate = maxTime !== undefined && steps > 0 && this.#seconds + this.#running.seconds >= maxTime;
    const votes = Float64Array.of(this.#replica.stopRequested ? 1 : 0, isLate ? 1 : 0);
    this.#replica.sum(votes);
    if ((votes[0] as number) > 0) return 'requested';
    if (maxSteps !== undefined && steps >= maxSteps) return 'maxSteps';
    return (votes[1] as number) > 0 ? 'maxTime' : undefined;
  }

  /** @param step Steps before it. */
  #learningRate(step: number): number {
    const { train, recipe } = this.#options;
    const { schedule, optimizer } = recipe;
    const { rateFactor } = this.#reactions;
    return learningRateAt(schedule, optimizer.learningRate, step, totalSteps(train, recipe), rateFactor);
  }

  #reportStep(values: { epoch: number; step: number; learningRate: number } & Score): void {
    const { stepEvents, onEvent } = this.#options;
    if (stepEvents !== undefined && values.step % stepEvents === 0) onEvent({ type: 'step', ...values });
  }

  async #evaluate(): Promise<{ train: Score; validation?: Score }> {
    const { train, validation, recipe } = this.#options;
    const { loss: lossOf, evaluation } = recipe;
    const { batchSize } = evaluation;
    const score = async (examples: Examples, indices?: Uint32Array): Promise<Score> => {
      const options = { batchSize, indices, loss: lossOf, replica: this.#replica };
      const { loss, accuracy } = await evaluate(this.#model, examples, options);
      return { loss, accuracy };
    };
    const onTrain = await score(train, this.#measured);
    return validation ? { train: onTrain, validation: await score(validation) } : { train: onTrain };
  }
}
