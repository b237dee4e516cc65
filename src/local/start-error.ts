/**
 * A reason why the product cannot start, as one line that names what is wrong and the remedy. It is printed
 * without a stack. `details` are lines from the log of the process that failed.
 */
export class StartError extends Error {
  readonly details: readonly string[];

  constructor(message: string, details: readonly string[] = []) {
    super(message);
    this.name = 'StartError';
    this.details = details;
  }
}
