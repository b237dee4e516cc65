import { z } from 'zod';

/** An instant: ISO 8601 in UTC with milliseconds. */
export const instant = z.iso.datetime({ precision: 3 });

/** A day on the tenant's clocks: `2026-11-20`. */
export const day = z.iso.date();
