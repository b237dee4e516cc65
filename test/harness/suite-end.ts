/** Where the environment finds what to do at the suite's end. */
export const SUITE_END = Symbol.for('lead-flow.test.suite-end');

/** A suite's global object. */
export type SuiteGlobal = { [SUITE_END]?: () => Promise<string[]> };

/**
 * Has `check` run once everything of the suite has, its last `afterAll` included; Jest's own `afterAll` of a setup
 * file would come before those of the suite. What it gives are faults; they fail the suite.
 */
export function atSuiteEnd(check: () => Promise<string[]>): void {
  (globalThis as SuiteGlobal)[SUITE_END] = check;
}
