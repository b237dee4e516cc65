// Compares migrations/schema.txt with what the migrations make on a new PostgreSQL; with `--write` writes it anew.
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../src/db/migrate.ts';
import { describeSchema } from '../src/db/schema-dump.ts';
import { openKeeper } from '../src/local/keeper.ts';
import { freePorts } from '../src/local/ports.ts';
import { startPostgres } from '../src/local/postgres.ts';
import { compareWithCommitted, different } from './committed.ts';

/** The schema as the migrations make it. */
async function made(): Promise<string> {
  const keeper = openKeeper();
  try {
    const folder = await mkdtemp(join(tmpdir(), 'lead-flow-schema-'));
    keeper.removeFolder(folder);
    // As root the database runs as another user, who must pass through.
    await chmod(folder, 0o711);
    const [port = 0] = await freePorts(1);
    const postgres = await startPostgres({
      dataDir: join(folder, 'data'),
      port,
      logFile: join(folder, 'log'),
      settings: { fsync: 'off' },
      keeper,
    });
    try {
      await migrate(postgres.ownerUrl);
      return await describeSchema(postgres.ownerUrl);
    } finally {
      await postgres.stop();
    }
  } finally {
    await keeper.close();
  }
}

await compareWithCommitted(
  join(import.meta.dirname, '../migrations/schema.txt'),
  await made(),
  (compared) => {
    // Each line under the table, function or role that it belongs to.
    const lines: string[] = [];
    let heading = '';
    let told = '';
    for (const [which, line] of compared) {
      if (/^(table|function|role|schema|type|view|materialized view) /.test(line)) heading = line;
      if (which === 0) continue;
      if (heading !== told && heading !== line) lines.push(`  ${heading}`);
      told = heading;
      lines.push(different([which, line]));
    }
    return lines;
  },
  'migrations/schema.txt is not what the migrations make. Run: npm run schema',
);
