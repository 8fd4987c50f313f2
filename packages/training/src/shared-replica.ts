import type { Tensor } from '@tensorflow/tfjs-core';
import { copyIn, copyOut } from '@ablate/tensor-backends';
import { Barrier, BarrierControl } from './barrier.ts';
import type { Replica } from './replica.ts';
import { TrainingError } from './training-error.ts';

/** Doubles that are summed at once. */
const VALUES = 1 << 13;
/** Floats that are summed at once: 1 MiB, so that a slice stays in a core's cache. */
const FLOATS = 1 << 18;

/** Memory that the replicas of a run share. Can be sent to other threads. */
export interface ReplicaBuffers {
  control: SharedArrayBuffer;
  /** Two lots of VALUES doubles for each replica, used in turn. */
  values: SharedArrayBuffer;
  /** FLOATS floats for each replica. */
  parts: SharedArrayBuffer;
  /** FLOATS floats. */
  totals: SharedArrayBuffer;
}

export function replicaBuffers(count: number, control: BarrierControl): ReplicaBuffers {
  return {
    control: control.buffer,
    values: new SharedArrayBuffer(2 * count * VALUES * 8),
    parts: new SharedArrayBuffer(count * FLOATS * 4),
    totals: new SharedArrayBuffer(FLOATS * 4),
  };
}

/** A replica in a thread of its own, one of `count` that share `buffers`. */
export class SharedReplica implements Replica {
  readonly index: number;
  readonly count: number;
  readonly #barrier: Barrier;
  readonly #values: Float64Array;
  readonly #parts: Float32Array[];
  readonly #totals: Float32Array;
  #turn = 0;

  constructor(place: { index: number; count: number; spin: boolean }, buffers: ReplicaBuffers) {
    this.index = place.index;
    this.count = place.count;
    this.#barrier = new Barrier(buffers.control, place.count, place.spin);
    this.#values = new Float64Array(buffers.values);
    this.#parts = Array.from(
      { length: place.count },
      (_, i) => new Float32Array(buffers.parts, i * FLOATS * 4, FLOATS),
    );
    this.#totals = new Float32Array(buffers.totals);
  }

  get stopRequested(): boolean {
    return this.#barrier.stopRequested;
  }

  /** Milliseconds that this replica has waited for the others. */
  get waited(): number {
    return this.#barrier.waited;
  }

  sum(values: Float64Array): void {
    if (this.count === 1) return;
    for (let start = 0; start < values.length; start += VALUES) this.#sumLot(values.subarray(start, start + VALUES));
  }

  /** With two lots in turn one meeting is enough: nobody writes a lot before all have read what it held before. */
  #sumLot(values: Float64Array): void {
    const lot = this.#turn * this.count * VALUES;
    this.#turn = 1 - this.#turn;
    this.#values.set(values, lot + this.index * VALUES);
    this.#barrier.wait();
    for (let i = 0; i < values.length; i++) {
      let sum = 0;
      for (let replica = 0; replica < this.count; replica++) {
        sum += this.#values[lot + replica * VALUES + i] as number;
      }
      values[i] = sum;
    }
  }

  sumTensors(tensors: readonly Tensor[]): void {
    if (this.count === 1) return;
    for (const chunk of chunksOf(tensors)) {
      const own = this.#parts[this.index] as Float32Array;
      for (const { tensor, from, at, length } of chunk.pieces) copyOut(tensor, own.subarray(at, at + length), { from });
      this.#barrier.wait();
      this.#sumSlice(chunk.length);
      this.#barrier.wait();
      for (const { tensor, from, at, length } of chunk.pieces) {
        copyIn(tensor, this.#totals.subarray(at, at + length), { from });
      }
    }
  }

  /** This replica's share of the totals. */
  #sumSlice(length: number): void {
    const start = Math.floor((length * this.index) / this.count);
    const end = Math.floor((length * (this.index + 1)) / this.count);
    const totals = this.#totals;
    const [first, ...others] = this.#parts as [Float32Array, ...Float32Array[]];
    totals.set(first.subarray(start, end), start);
    for (const part of others) {
      for (let i = start; i < end; i++) totals[i] = (totals[i] as number) + (part[i] as number);
    }
  }
}

interface Piece {
  tensor: Tensor;
  /** First value of the tensor, and where it stands in the chunk. */
  from: number;
  at: number;
  length: number;
}

/** The tensors' values as one sequence, cut to what is summed at once. */
function chunksOf(tensors: readonly Tensor[]): { length: number; pieces: Piece[] }[] {
  const chunks: { length: number; pieces: Piece[] }[] = [];
  let chunk: { length: number; pieces: Piece[] } | undefined;
  for (const tensor of tensors) {
    if (tensor.dtype !== 'float32') {
      throw new TrainingError(`replica: tensors must be float32 to be summed; received ${tensor.dtype}.`);
    }
    for (let from = 0; from < tensor.size; ) {
      if (chunk === undefined || chunk.length === FLOATS) {
        chunk = { length: 0, pieces: [] };
        chunks.push(chunk);
      }
      const length = Math.min(tensor.size - from, FLOATS - chunk.length);
      chunk.pieces.push({ tensor, from, at: chunk.length, length });
      chunk.length += length;
      from += length;
    }
  }
  return chunks;
}
