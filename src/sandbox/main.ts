import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { PortTaken, startSandbox } from './sandbox.ts';

/** The sandbox as a process of its own, set up by variables (see README.md in this folder). */
async function main(): Promise<void> {
  const ports = {
    chatwootPort: number('SANDBOX_CHATWOOT_PORT'),
    whatsappPort: number('SANDBOX_WHATSAPP_PORT'),
  };
  const sandbox = await startSandbox({
    ...ports,
    stateFile: process.env.SANDBOX_STATE_FILE || undefined,
    chatwootIdsAbove: number('SANDBOX_IDS_ABOVE'),
    delays: given({
      sentMs: number('SANDBOX_SENT_MS'),
      deliveredMs: number('SANDBOX_DELIVERED_MS'),
      readMs: number('SANDBOX_READ_MS'),
    }),
  }).catch((error: unknown) => {
    if (!(error instanceof PortTaken)) throw error;
    const variable = error.port === ports.chatwootPort ? 'SANDBOX_CHATWOOT_PORT' : 'SANDBOX_WHATSAPP_PORT';
    throw new Error(
      `port ${error.port} (${variable}) is taken: stop what listens there, or choose another port`,
    );
  });

  const readyFile = process.env.SANDBOX_READY_FILE;
  const stop = (): void => {
    if (readyFile) rmSync(readyFile, { force: true });
    void sandbox.close().then(
      () => process.exit(0),
      (error: unknown) => give(error),
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  if (readyFile) {
    writeFileSync(`${readyFile}.tmp`, JSON.stringify(sandbox.details(), null, 2), { mode: 0o600 });
    renameSync(`${readyFile}.tmp`, readyFile);
  }
  console.log(`sandbox: Chatwoot at ${sandbox.chatwoot.url}, WhatsApp Cloud at ${sandbox.whatsapp.url}`);
}

function number(variable: string): number | undefined {
  const text = process.env[variable];
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Error(`${variable} must be a whole number, not "${text}"`);
}

function given<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function give(error: unknown): never {
  console.error(`sandbox: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}

main().catch(give);
