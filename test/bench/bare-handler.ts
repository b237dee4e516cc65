// The least that an acknowledgement can be: Express takes a JSON body, stores it with one insert, answers 202.
import { createServer } from 'node:http';
import express from 'express';
import { Pool } from 'pg';
import { runProcess } from '../../src/process.ts';

await runProcess('bare handler', async (configuration) => {
  const pool = new Pool({ connectionString: configuration.DATABASE_URL, max: 10 });
  await pool.query(
    `create table bench_body (
       id bigint generated always as identity primary key, body jsonb not null, at timestamptz default now())`,
  );
  const app = express();
  app.use(express.json({ limit: '100kb' }));
  app.get('/', (_request, response) => void response.json({ status: 'ok' }));
  app.post('/', async (request, response) => {
    await pool.query({
      name: 'insert',
      text: 'insert into bench_body (body) values ($1)',
      values: [request.body],
    });
    response.status(202).json({ status: 'received' });
  });
  const server = createServer(app);
  server.listen(configuration.LEAD_FLOW_PORT, configuration.LEAD_FLOW_HOST);
  return {
    async stop() {
      server.close();
      await pool.end();
    },
  };
});
