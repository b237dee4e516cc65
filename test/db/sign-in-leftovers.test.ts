import { pino } from 'pino';
import { startForgetting } from '../../src/worker/forgetting.ts';
import { until } from '../harness/product.ts';
import { signIn } from '../harness/signing-in.ts';
import { suiteProduct } from '../harness/suite-product.ts';

const product = suiteProduct({ worker: false });

const count = async (table: string) => {
  const [row] = await product.query<{ n: number }>(`select count(*) as n from auth.${table}`);
  return row?.n;
};

test('what is over of sign-ins is deleted by the worker; what holds stays', async () => {
  const [here, there] = [await signIn(product), await signIn(product)];
  expect((await there.call('GET', '/v1/me')).status).toBe(200);
  await product.database.query(
    `update auth.session set expires_at = now() - interval '1 second'
     where id = (select id from auth.session order by created_at desc limit 1)`,
  );
  await product.database.query(
    `insert into auth.verification (identifier, value, expires_at)
     values ('a', 'x', now() - interval '1 second'), ('b', 'x', now() + interval '1 hour')`,
  );
  await product.database.query('delete from auth.rate_limit');
  await product.database.query(
    `insert into auth.rate_limit (key, count, last_request) values
       ('old', 9, extract(epoch from now() - interval '61 minutes') * 1000),
       ('new', 9, extract(epoch from now()) * 1000)`,
  );
  const forgetting = startForgetting(product.database, pino({ level: 'silent' }), 50);
  try {
    await until(async () => (await count('session')) === 1);
  } finally {
    await forgetting.stop();
  }
  const left = await product.query(
    'select identifier from auth.verification union all select key from auth.rate_limit',
  );
  expect(left).toEqual([{ identifier: 'b' }, { identifier: 'new' }]);
  expect((await here.call('GET', '/v1/me')).status).toBe(200);
});
