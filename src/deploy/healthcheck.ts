// Asks a process of the product in this container whether it is ready: `node src/deploy/healthcheck.ts api|worker`.
// Exit code 0: it is.
import { readConfiguration } from '../configuration.ts';

const { LEAD_FLOW_PORT, LEAD_FLOW_WORKER_PORT } = readConfiguration(process.env);
const port = process.argv[2] === 'worker' ? LEAD_FLOW_WORKER_PORT : LEAD_FLOW_PORT;
try {
  const response = await fetch(`http://127.0.0.1:${port}/health/ready`, {
    signal: AbortSignal.timeout(4_000),
  });
  const said = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${said}`);
} catch (error) {
  const { message, cause } = error as Error & { cause?: Error };
  console.error(cause?.message || message);
  process.exit(1);
}
