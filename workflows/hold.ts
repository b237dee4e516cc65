import { CancellationScope, condition } from '@temporalio/workflow';

/**
 * Waits for a send that is held, unless the journey is over before it leaves: the waiting is then given up. Returns
 * null where nothing left; a send that had left at that moment returns as what it is.
 */
export async function heldUntilOver<Result>(
  send: () => Promise<Result>,
  isOver: () => boolean,
): Promise<Result | null> {
  const scope = new CancellationScope();
  const sending = scope.run(send);
  let ended = false;
  const end = () => {
    ended = true;
  };
  void sending.then(end, end);
  // A cancel of the journey ends the send, whose result the clean-up waits for.
  await CancellationScope.nonCancellable(() => condition(() => ended || isOver()));
  if (ended) return sending;
  scope.cancel();
  return sending.catch(() => null);
}
