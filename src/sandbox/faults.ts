import { z } from 'zod';

/**
 * Something to break. `match.path` is a part of the path, or a regular expression; `match.nth` starts at that match
 * (1 = the next); `times` calls are hit from there on. `when`: before or after the call had its effect.
 * `latency` waits `ms`; `status` answers `status` with `body` and `headers`; `cut` closes the connection.
 */
export const faultSchema = z.strictObject({
  match: z
    .strictObject({
      method: z.string().optional(),
      path: z.string().optional(),
      nth: z.int().min(1).optional(),
    })
    .default({}),
  times: z.int().min(1).default(1),
  kind: z.enum(['latency', 'status', 'cut']),
  when: z.enum(['before', 'after']).default('before'),
  ms: z.number().min(0).default(1000),
  status: z.int().min(200).max(599).default(500),
  body: z.unknown().optional(),
  headers: z.record(z.string(), z.string()).default({}),
});

/** As it is asked for. */
export type FaultRequest = z.input<typeof faultSchema>;

/** As it is applied. */
export type Fault = z.output<typeof faultSchema>;

interface Armed {
  fault: Fault;
  matches: (method: string, path: string) => boolean;
  seen: number;
}

/** The faults that are armed; each call is hit by the first that fits. */
export class Faults {
  #armed: Armed[] = [];

  add(request: FaultRequest): Fault {
    const fault = faultSchema.parse(request);
    this.#armed.push({ fault, matches: matcherOf(fault), seen: 0 });
    return fault;
  }

  clear(): void {
    this.#armed = [];
  }

  /** What is still to come. */
  list(): Fault[] {
    return this.#armed.map((armed) => armed.fault);
  }

  /**
   * The fault that hits this call. Every fault it matches counts it towards its `nth`; one that is ready but comes
   * behind another stays for the next call.
   */
  take(method: string, path: string): Fault | null {
    if (this.#armed.length === 0) return null;
    let hit: Fault | null = null;
    for (const armed of this.#armed) {
      if (!armed.matches(method, path)) continue;
      const ready = armed.seen + 1 >= firstOf(armed.fault);
      if (ready && hit !== null) continue;
      armed.seen++;
      if (ready) hit = armed.fault;
    }
    this.#armed = this.#armed.filter(({ fault, seen }) => seen < firstOf(fault) + fault.times - 1);
    return hit;
  }
}

function firstOf(fault: Fault): number {
  return fault.match.nth ?? 1;
}

function matcherOf(fault: Fault): (method: string, path: string) => boolean {
  const wanted = fault.match.method?.toUpperCase();
  const part = fault.match.path;
  let pattern: RegExp | null = null;
  try {
    pattern = part === undefined ? null : new RegExp(part);
  } catch {
    // Not a regular expression: then it is a part of the path and nothing else.
  }
  return (method, path) =>
    (wanted === undefined || wanted === method) &&
    (part === undefined || path.includes(part) || (pattern?.test(path) ?? false));
}
