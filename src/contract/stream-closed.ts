// Apart from the schemas, so that a page that only follows the stream carries none of them.

/**
 * Codes with which the server closes the socket, besides WebSocket's own: `unauthorised`, also when a key is revoked
 * or a session ends; `helloExpected`; `tooSlow`, a page that does not take what is sent to it.
 */
export const STREAM_CLOSED = { unauthorised: 4401, helloExpected: 4400, tooSlow: 4408 } as const;
