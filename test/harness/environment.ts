import type { Circus } from '@jest/types';
import { TestEnvironment } from 'jest-environment-node';
import { SUITE_END, type SuiteGlobal } from './suite-end.ts';

/** Jest's Node environment, with a check at the end of each suite that can fail it. */
export default class SuiteEnvironment extends TestEnvironment {
  #hasFailed = false;

  async handleTestEvent(event: Circus.Event): Promise<void> {
    if (event.name === 'test_fn_failure' || event.name === 'hook_failure') this.#hasFailed = true;
    if (event.name !== 'run_finish') return;
    const faults = (await (this.global as SuiteGlobal)[SUITE_END]?.()) ?? [];
    if (faults.length === 0) return;
    const text = `left open at the suite's end:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`;
    // A throw here hides the results of the tests, so where one failed already it only adds a word.
    if (!this.#hasFailed) throw new Error(text);
    process.stderr.write(`${text}\n`);
  }
}
