import type { TestServers } from './servers.ts';

/** What a suite knows of the servers of its run; handed from the run's start to the suites by variables. */
export type Surroundings = {
  folder: string;
  /** A database of the server, as the login that owns those of the suites. */
  postgresUrl: string;
  temporalAddress: string;
  /** The file of the bundled workflows. */
  workflowBundle: string;
};

const VARIABLE = 'LEAD_FLOW_TEST_SURROUNDINGS';

/** Hands the servers over to the suites, which run in other processes. */
export function publishSurroundings({
  folder,
  postgres,
  temporalAddress,
  workflowBundle,
}: TestServers): void {
  const postgresUrl = postgres.ownerUrl;
  const surroundings: Surroundings = { folder, postgresUrl, temporalAddress, workflowBundle };
  process.env[VARIABLE] = JSON.stringify(surroundings);
}

/** The servers of this run. Throws where it runs without any. */
export function surroundings(): Surroundings {
  const value = process.env[VARIABLE];
  if (!value) throw new Error('this suite needs servers, and LEAD_FLOW_TEST_PURE=1 runs without');
  return JSON.parse(value) as Surroundings;
}
