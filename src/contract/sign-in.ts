import { z } from 'zod';

const person = z.object({ id: z.uuid(), name: z.string(), email: z.string() });

/** `POST /api/auth/sign-in/email` (`email`, `password`); the session comes as a cookie. */
export const signedIn = z.object({ user: person });
export type SignedIn = z.infer<typeof signedIn>;

/** `POST /api/auth/sign-out`. */
export const signedOut = z.object({ success: z.boolean() });

/** `POST /api/auth/revoke-sessions`, signed out of every device, and `/revoke-other-sessions`, of all but this one. */
export const sessionsRevoked = z.object({ status: z.boolean() });

/** `POST /api/auth/change-password` (`currentPassword`, `newPassword`); every other session ends. */
export const passwordChanged = z.object({ user: person });
