/** The state of the way to the sign-in page from a session that ended while somebody worked. */
export const SESSION_ENDED = { sessionEnded: true } as const;

/** Whether the state of a way says that it is that one. */
export const saysSessionEnded = (state: unknown): boolean =>
  typeof state === 'object' && state !== null && 'sessionEnded' in state;
