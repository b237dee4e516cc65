import { RUN } from './global-setup.ts';

/** Stops what the setup started. */
export default async function globalTeardown(): Promise<void> {
  await RUN.leadFlowTestServers?.stop();
}
