import { type Configuration, readConfiguration } from './configuration.ts';

/**
 * Runs one process of the product: reads its configuration, starts it, and stops it in order at SIGTERM or SIGINT.
 * What is wrong is said in one line each on standard error, with exit code 1.
 */
export async function runProcess(
  name: string,
  start: (configuration: Configuration) => Promise<{ stop(): Promise<void>; failed?: Promise<never> }>,
): Promise<void> {
  try {
    const running = await start(readConfiguration(process.env));
    const signal = await Promise.race([
      new Promise<string>((resolve) => {
        process.once('SIGTERM', resolve);
        process.once('SIGINT', resolve);
      }),
      running.failed ?? new Promise<never>(() => {}),
    ]);
    process.once(signal, () => process.exit(130)); // asked a second time: at once
    await running.stop();
    process.exit(0);
  } catch (error) {
    console.error(explain(name, error as NodeJS.ErrnoException & { port?: number }));
    process.exit(1);
  }
}

function explain(name: string, error: NodeJS.ErrnoException & { port?: number }): string {
  if (error.code === 'EADDRINUSE') {
    const variable = name === 'worker' ? 'LEAD_FLOW_WORKER_PORT' : 'LEAD_FLOW_PORT';
    return `${name}: port ${error.port} is taken. Stop what holds it, or set ${variable} to another port.`;
  }
  return error.message
    .split('\n')
    .map((line) => `${name}: ${line}`)
    .join('\n');
}
