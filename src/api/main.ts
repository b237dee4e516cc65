import { pino } from 'pino';
import { requireSecretKey } from '../db/secret-key.ts';
import { runProcess } from '../process.ts';
import { startApi } from './server.ts';

await runProcess('api', async (configuration) => {
  const log = pino({ name: 'api', level: configuration.LEAD_FLOW_LOG_LEVEL });
  const key = await requireSecretKey(configuration.DATABASE_URL, configuration.LEAD_FLOW_SECRET_KEY);
  const api = await startApi(configuration, log);
  log.info({ url: api.url }, 'the API is up');
  return { ...api, failed: key.failed };
});
