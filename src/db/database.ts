import type { Socket } from 'node:net';
import { Client, Pool, type PoolClient, types } from 'pg';
import { gatherAnnouncements } from './announcing.ts';
import { hasWritten } from './writing.ts';

const INT8 = 20;
types.setTypeParser(INT8, Number);

/** Runs one statement and gives its rows; the statement sees the rows of one tenant alone. */
export type Query = <Row>(sql: string, values?: readonly unknown[]) => Promise<Row[]>;

/** What work on one tenant's rows gets: its id, and statements inside one transaction. */
export type TenantRows = {
  tenantId: string;
  query: Query;
  /** Tells those who listen to `channel` that there is something new, once the transaction has committed. */
  announce(channel: string): void;
};

/** Where it is announced that rows of a tenant, whose id is the word, were written. */
export const ROWS_WRITTEN = 'lead_flow_rows_written';

/**
 * The product's way to PostgreSQL. Row-level security holds every statement to one tenant. What a transaction wrote
 * is announced as `ROWS_WRITTEN` by itself.
 */
export type Database = {
  /** Runs `work` in one transaction on the rows of `tenantId`; what it throws rolls back. */
  tenant<Result>(tenantId: string, work: (rows: TenantRows) => Promise<Result>): Promise<Result>;
  /**
   * The same in one round trip, for statements none of which waits for another's answer: they leave together with
   * their `begin` and `commit`. A statement that comes later is refused.
   */
  together<Result>(tenantId: string, work: (rows: TenantRows) => Promise<Result>): Promise<Result>;
  /** One statement outside any tenant: only the functions that look over all tenants answer it. */
  query: Query;
  /**
   * Tells those who listen to `channel` that there is something new: soon, and once for all that is announced until
   * then. It may be lost, so whoever listens looks by themselves from time to time.
   */
  announce(channel: string): void;
  /** Listens to `channels` on a connection of its own, reconnecting by itself; ends with `stop`. */
  listen(channels: readonly string[], heard: Heard): Promise<{ stop(): Promise<void> }>;
  close(): Promise<void>;
};

/** Hears which channel was notified, with which word; null after (re)connecting, when anything may have been. */
export type Heard = (channel: string | null, word: string) => void;

/** Announcements are gathered for so long, in milliseconds. */
const ANNOUNCE_MS = 20;

/** What was written is for people to see: they are quick enough served when it is gathered for longer. */
const WRITTEN_MS = 75;

/** A server that does not answer for so long, in milliseconds, is taken for gone. */
const MOST_QUERY_MS = 20_000;

/**
 * How long a plan made once may serve, in seconds: one made while a table was all but empty reads it from end to end,
 * and would go on so until PostgreSQL counts the rows, a minute or more after they came.
 */
const PLAN_SECONDS = 10;

export type DatabaseOptions = {
  /** Connections at most. */
  connections?: number;
  /** Shown in pg_stat_activity. */
  name?: string;
  /** The role to work as: the product's own, which owns nothing. The owner's is for migrations alone. */
  role?: 'leadflow_app';
  /** Plan each prepared statement once a connection: for a process whose statements all look up by key. */
  planOnce?: boolean;
  onError?: (error: Error) => void;
};

/**
 * Opens a pool on `url`, working as `leadflow_app` whatever the login is.
 *
 * Connections are pipelined: `begin`, the tenant and the first statement leave in one write, so that a
 * transaction of one statement costs two round trips, or one by `together`, and not four.
 */
export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const settings = {
    connectionString: url,
    application_name: options.name ?? 'lead-flow',
    options:
      `-c role=${options.role ?? 'leadflow_app'} -c idle_in_transaction_session_timeout=60000` +
      (options.planOnce ? ' -c plan_cache_mode=force_generic_plan' : ''),
    keepAlive: true,
  };
  const pool = new Pool({
    ...settings,
    max: options.connections ?? 10,
    connectionTimeoutMillis: 5_000,
    query_timeout: MOST_QUERY_MS,
    ...(options.planOnce && { maxLifetimeSeconds: PLAN_SECONDS }),
    pipeline: true,
  } as ConstructorParameters<typeof Pool>[0]);
  pool.on('error', (error) => options.onError?.(error));

  async function connected<Result>(use: (client: PoolClient) => Promise<Result>): Promise<Result> {
    const client = await pool.connect();
    let broken: Error | undefined;
    const onBroken = (error: Error) => {
      broken = error;
    };
    client.on('error', onBroken);
    try {
      return await use(client);
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

  const notify = (channels: string[], words: string[]) =>
    void pool
      .query('select pg_notify(channel, word) from unnest($1::text[], $2::text[]) as n(channel, word)', [
        channels,
        words,
      ])
      .catch((error) => options.onError?.(error));
  const announcements = gatherAnnouncements(ANNOUNCE_MS, notify);
  const writings = gatherAnnouncements(WRITTEN_MS, notify);
  const { announce } = announcements;
  function tell(tenantId: string, { channels, written }: News): void {
    for (const channel of channels) announce(channel);
    if (written) writings.announce(ROWS_WRITTEN, tenantId);
  }

  return {
    announce,
    tenant: (tenantId, work) =>
      connected(async (client) => {
        const opened = open(client, tenantId);
        const news: News = { channels: [], written: false };
        const announceLater = (channel: string) => void news.channels.push(channel);
        const result = await work({ tenantId, query: queryOn(client, news), announce: announceLater });
        await opened;
        await commit(client);
        tell(tenantId, news);
        return result;
      }),
    together: (tenantId, work) =>
      connected(async (client) => {
        let sealed = false;
        const news: News = { channels: [], written: false };
        const query = queryOn(client, news);
        const opened = open(client, tenantId);
        const working = work({
          tenantId,
          announce: (channel) => void news.channels.push(channel),
          query: (sql, values) =>
            sealed
              ? Promise.reject(new Error('this statement came too late for its transaction'))
              : query(sql, values),
        });
        sealed = true;
        const [result] = await Promise.all([working, opened, commit(client)]);
        tell(tenantId, news);
        return result;
      }),
    query: async <Row>(sql: string, values: readonly unknown[] = []) =>
      (await pool.query({ text: sql, values: [...values], name: nameOf(sql) })).rows as Row[],
    listen: (channels, heard) => listen(settings, channels, heard, options.onError),
    close() {
      announcements.stop();
      writings.stop();
      return pool.end();
    },
  };
}

/** Not awaited by the caller: `begin` and the tenant leave in one write with the statement that follows. */
function open(client: PoolClient, tenantId: string): Promise<unknown> {
  const opened = Promise.all([
    send(client, 'begin'),
    send(client, `select set_config('lead_flow.tenant', $1, true)`, [tenantId]),
  ]);
  opened.catch(() => {});
  return opened;
}

async function commit(client: PoolClient): Promise<void> {
  const { command } = await send(client, 'commit');
  if (command !== 'COMMIT') throw new Error('the transaction was rolled back');
}

/** What is to be told of a transaction once it has committed. */
type News = { channels: string[]; written: boolean };

function queryOn(client: PoolClient, news: News): Query {
  return async <Row>(sql: string, values: readonly unknown[] = []) => {
    const { rows, command, rowCount } = await send(client, sql, values);
    news.written ||= hasWritten(sql, command, rowCount);
    return rows as Row[];
  };
}

/** Gathers what is sent in one turn into one write: each write wakes another process, which is what costs. */
function send(client: PoolClient, sql: string, values?: readonly unknown[]) {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  stream.cork();
  process.nextTick(() => stream.uncork());
  return client.query({ text: sql, values: values ? [...values] : undefined, name: values && nameOf(sql) });
}

/** Statements that are prepared by name at most; those built from parts must not fill the server's memory. */
const MOST_NAMES = 300;
const names = new Map<string, string>();

/** A statement with a name is parsed once a connection, and planned a few times: planning costs more than running. */
function nameOf(sql: string): string | undefined {
  const known = names.get(sql);
  if (known || names.size >= MOST_NAMES) return known;
  const name = `lead_flow_${names.size}`;
  names.set(sql, name);
  return name;
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
    next.on('notification', ({ channel, payload }) => heard(channel, payload ?? ''));
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
      heard(null, '');
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
