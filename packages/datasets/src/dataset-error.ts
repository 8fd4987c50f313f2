/** Data that is missing, broken or unusable. The message names the file or option, what was expected and what was found. */
export class DatasetError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DatasetError';
  }
}
