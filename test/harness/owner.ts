import { Client } from 'pg';
import { type Product, until } from './product.ts';

/** What of a product says where its database is. */
type Place = Pick<Product, 'databaseUrl'>;

/** Does something as the login that owns the product's database, on a connection for this alone. */
async function asOwner<Result>(
  { databaseUrl }: Place,
  work: (owner: Client) => Promise<Result>,
): Promise<Result> {
  const owner = new Client({ connectionString: databaseUrl });
  await owner.connect();
  try {
    return await work(owner);
  } finally {
    await owner.end();
  }
}

/** Waits until so many connections to the database stand before a lock, which only its owner sees. */
export const untilLocked = (place: Place, howMany = 1): Promise<boolean> =>
  asOwner(place, (owner) =>
    until(async () => {
      const { rows } = await owner.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return rows.length >= howMany;
    }),
  );

/**
 * Does something while what is inserted into `table` fails, where it is inserted or only as it is committed, with
 * the words "made to fail"; gives what came of it.
 */
export const whileInsertsFail = <Result>(
  place: Place,
  table: string,
  work: () => Promise<Result>,
  at: 'insert' | 'commit' = 'insert',
): Promise<Result> =>
  asOwner(place, async (owner) => {
    const [create, when, how] =
      at === 'insert'
        ? ['create trigger', 'before', '']
        : ['create constraint trigger', 'after', 'deferrable initially deferred'];
    await owner.query(
      `create function fail() returns trigger language plpgsql as $$ begin raise exception 'made to fail'; end $$`,
    );
    try {
      await owner.query(
        `${create} failing ${when} insert on ${table} ${how} for each row execute function fail()`,
      );
      return await work();
    } finally {
      await owner.query('drop function fail cascade');
    }
  });
