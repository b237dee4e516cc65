import { startTestServers, type TestServers } from './servers.ts';
import { publishSurroundings } from './surroundings.ts';

/** What the teardown finds again; both run in the same process. */
export const RUN = globalThis as { leadFlowTestServers?: TestServers };

/** Starts the servers that all suites share. With LEAD_FLOW_TEST_PURE=1: none, for suites that need none. */
export default async function globalSetup(): Promise<void> {
  if (process.env.LEAD_FLOW_TEST_PURE === '1') return;
  RUN.leadFlowTestServers = await startTestServers();
  publishSurroundings(RUN.leadFlowTestServers);
}
