/** The error with which `promise` fails; throws whatever else comes of it, a success as well. */
export async function failureOf<Failure extends Error>(
  // biome-ignore lint/suspicious/noExplicitAny: what an error is made of does not matter here
  kind: new (...of: any[]) => Failure,
  promise: Promise<unknown>,
): Promise<Failure> {
  const error = await promise.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof kind)) throw error;
  return error;
}
