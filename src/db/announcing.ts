/** Tells those who listen to `channel` that there is something new, with a word or without. */
export type Announce = (channel: string, word?: string) => void;

/**
 * Gathers what is announced for `ms` and hands it to `notify` as pairs, each once. Announcements are made outside of
 * the transactions they speak of: PostgreSQL lets those that notify commit only one after the other, which takes
 * three quarters of their number.
 */
export function gatherAnnouncements(
  ms: number,
  notify: (channels: string[], words: string[]) => void,
): { announce: Announce; stop(): void } {
  const gathered = new Map<string, Set<string>>();
  let timer: NodeJS.Timeout | undefined;
  function flush(): void {
    timer = undefined;
    const pairs = [...gathered].flatMap(([channel, words]) =>
      [...words].map((word) => [channel, word] as const),
    );
    gathered.clear();
    notify(
      pairs.map(([channel]) => channel),
      pairs.map(([, word]) => word),
    );
  }
  return {
    announce(channel, word = '') {
      const words = gathered.get(channel) ?? new Set();
      gathered.set(channel, words.add(word));
      timer ??= setTimeout(flush, ms);
    },
    stop: () => clearTimeout(timer),
  };
}
