/**
 * Lets many who ask for the same share one read: whoever asks gets what `load` began to read after they asked, so
 * that nobody is given what was true before; yet under one key it begins at most every `everyMs`. A read that fails
 * fails for all who wait for it, and is not kept.
 */
export function sharedReads<Value>(
  load: (key: string) => Promise<Value>,
  everyMs: number,
): (key: string) => Promise<Value> {
  const begun = new Map<string, number>();
  const waiting = new Map<string, Promise<Value>>();

  return (key) => {
    const joined = waiting.get(key);
    if (joined) return joined;
    const now = performance.now();
    const delay = Math.max(0, (begun.get(key) ?? Number.NEGATIVE_INFINITY) + everyMs - now);
    const read = later(delay).then(() => {
      waiting.delete(key);
      begun.set(key, performance.now());
      if (begun.size > 1_000) forget();
      return load(key);
    });
    waiting.set(key, read);
    return read;
  };

  function forget(): void {
    const old = performance.now() - everyMs;
    for (const [key, at] of begun) if (at < old) begun.delete(key);
  }
}

const later = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
