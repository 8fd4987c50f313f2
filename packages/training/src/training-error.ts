/** Training that can't start or can't go on. The message says what must hold and what was found. */
export class TrainingError extends Error {
  override readonly name = 'TrainingError';
}
