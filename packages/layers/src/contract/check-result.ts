/** Thrown by a check: what was expected and what was there. */
export class ContractError extends Error {}

/** What one check of one case found. */
export interface CheckResult {
  /** Name of the check. */
  check: CheckName;
  /** The layer, by its name in YAML. */
  type: string;
  /** Arguments and inputs of the case, for a message. */
  case: string;
  backend: string;
  /** `absent`: there was nothing to check (no weights, no reference). */
  status: 'passed' | 'failed' | 'absent';
  /** What failed, or why it is absent; a measured error where there is one. */
  detail: string;
}

/** The contract, in the order in which it is checked. */
export const checkNames = [
  'output shape',
  'weights',
  'macs',
  'dtype',
  'unknown batch',
  'save and load',
  'forward',
  'input gradients',
  'weight gradients',
  'lowers a loss',
  'determinism',
  'empty batch',
  'memory',
] as const;
export type CheckName = (typeof checkNames)[number];

/** A check found nothing to check. */
export class NothingToCheck extends Error {}

/** @throws ContractError unless both are equal as JSON. */
export function expectEqual(what: string, actual: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new ContractError(`${what} must be ${b}; received ${a}.`);
}

/** @throws ContractError unless value ≤ limit. NaN is never. */
export function expectAtMost(what: string, value: number, limit: number): void {
  if (!(value <= limit)) throw new ContractError(`${what} must be at most ${limit}; received ${value}.`);
}
