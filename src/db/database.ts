import { Client, Pool, type PoolClient, types } from 'pg';

const INT8 = 20;
types.setTypeParser(INT8, Number);

/** Runs one statement and gives its rows; the statement sees the rows of one tenant alone. */
export type Query = <Row>(sql: string, values?: readonly unknown[]) => Promise<Row[]>;

/** What work on one tenant's rows gets: its id, and statements inside one transaction. */
export type TenantRows = { tenantId: string; query: Query };

/** The product's way to PostgreSQL. Row-level security holds every statement to one tenant. */
export type Database = {
  /** Runs `work` in one transaction on the rows of `tenantId`; what it throws rolls back. */
  tenant<Result>(tenantId: string, work: (rows: TenantRows) => Promise<Result>): Promise<Result>;
  /** One statement outside any tenant: only the functions that look over all tenants answer it. */
  query: Query;
  /** Listens to `channels` on a connection of its own, reconnecting by itself; ends with `stop`. */
  listen(channels: readonly string[], heard: Heard): Promise<{ stop(): Promise<void> }>;
  close(): Promise<void>;
};

/** Hears which channel was notified; null after (re)connecting, when anything may have been. */
export type Heard = (channel: string | null) => void;

export type DatabaseOptions = {
  /** Connections at most. */
  connections?: number;
  /** Shown in pg_stat_activity. */
  name?: string;
  /** The role to work as: the product's own, which owns nothing. The owner's is for migrations alone. */
  role?: 'leadflow_app';
  onError?: (error: Error) => void;
};

/**
 * Opens a pool on `url`, working as `leadflow_app` whatever the login is.
 *
 * Connections are pipelined: `begin`, the tenant and the first statement leave in one write, so that a
 * transaction of one statement costs two round trips and not four.
 */
export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const settings = {
    connectionString: url,
    application_name: options.name ?? 'lead-flow',
    options: `-c role=${options.role ?? 'leadflow_app'} -c idle_in_transaction_session_timeout=60000`,
    keepAlive: true,
  };
  const pool = new Pool({
    ...settings,
    max: options.connections ?? 10,
    connectionTimeoutMillis: 5_000,
    pipeline: true,
  } as ConstructorParameters<typeof Pool>[0]);
  pool.on('error', (error) => options.onError?.(error));

  async function tenant<Result>(
    tenantId: string,
    work: (rows: TenantRows) => Promise<Result>,
  ): Promise<Result> {
    const client = await pool.connect();
    let broken: Error | undefined;
    const onBroken = (error: Error) => {
      broken = error;
    };
    client.on('error', onBroken);
    try {
      const opened = Promise.all([
        client.query('begin'),
        client.query(`select set_config('lead_flow.tenant', $1, true)`, [tenantId]),
      ]);
      opened.catch(() => {});
      const result = await work({ tenantId, query: queryOn(client) });
      await opened;
      const ended = await client.query('commit');
      if (ended.command !== 'COMMIT') throw new Error('the transaction was rolled back');
      return result;
    } catch (error) {
      await client.query('rollback').catch((failed: Error) => {
        broken = failed;
      });
      throw error;
    } finally {
      client.off('error', onBroken);
      client.release(broken);
    }
  }

  return {
    tenant,
    query: async <Row>(sql: string, values: readonly unknown[] = []) =>
      (await pool.query(sql, [...values])).rows as Row[],
    listen: (channels, heard) => listen(settings, channels, heard, options.onError),
    close: () => pool.end(),
  };
}

function queryOn(client: PoolClient): Query {
  return async <Row>(sql: string, values: readonly unknown[] = []) =>
    (await client.query(sql, [...values])).rows as Row[];
}

async function listen(
  settings: { connectionString: string; application_name: string; options: string; keepAlive: boolean },
  channels: readonly string[],
  heard: Heard,
  onError: ((error: Error) => void) | undefined,
): Promise<{ stop(): Promise<void> }> {
  let stopped = false;
  let client: Client | undefined;
  let again: NodeJS.Timeout | undefined;
  let delay = 250;

  async function connect(): Promise<void> {
    const next = new Client({ ...settings, application_name: `${settings.application_name} listen` });
    next.on('error', (error) => onError?.(error));
    next.on('notification', ({ channel }) => heard(channel));
    next.on('end', () => {
      if (stopped || client !== next) return;
      client = undefined;
      again = setTimeout(() => void connect(), delay);
      delay = Math.min(delay * 2, 10_000);
    });
    client = next;
    try {
      await next.connect();
      for (const channel of channels) await next.query(`listen ${next.escapeIdentifier(channel)}`);
      delay = 250;
      heard(null);
    } catch (error) {
      onError?.(error as Error);
      await next.end().catch(() => {});
    }
  }

  await connect();
  return {
    async stop() {
      stopped = true;
      clearTimeout(again);
      await client?.end().catch(() => {});
    },
  };
}
