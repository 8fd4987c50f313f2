/** A backend that can't be had or can't do what is asked; the message says what to do. */
export class BackendError extends Error {
  override name = 'BackendError';
}
