/** Something that a suite opened through the harness and must have closed by its end. */
export type OpenResource = {
  /** Why it counts as left open, in words for the one who forgot it; undefined: it does not. */
  leak(): Promise<string | undefined>;
  /** Closes it, so that the next suite is not disturbed. */
  close(): Promise<void>;
};

// One list for the whole suite, whatever copies of this module it loads.
const LIST = Symbol.for('lead-flow.test.open-resources');

function list(): Set<OpenResource> {
  const suite = globalThis as { [LIST]?: Set<OpenResource> };
  suite[LIST] ??= new Set();
  return suite[LIST];
}

/** Notes a resource, to be looked at when the suite has ended. */
export function noteOpen(resource: OpenResource): void {
  list().add(resource);
}

/** Forgets a resource that was closed in good order. */
export function forgetOpen(resource: OpenResource): void {
  list().delete(resource);
}

/** Closes all that is noted, the newest first, and says what was still open. */
export async function closeAll(): Promise<string[]> {
  const leaks: string[] = [];
  for (const resource of [...list()].reverse()) {
    const leak = await resource.leak();
    if (leak) leaks.push(leak);
    await resource.close();
    list().delete(resource);
  }
  return leaks;
}
