// `npm run reset-password EMAIL`: where DATABASE_URL is not set, in the PostgreSQL of a running `npm start`.
import { join } from 'node:path';
import { embeddedUrl } from './postgres.ts';
import { readSettings } from './settings.ts';

if (!process.env.DATABASE_URL) {
  const { dataDir, ports } = readSettings(process.env);
  process.env.DATABASE_URL = await embeddedUrl(join(dataDir, 'postgres'), ports.postgres).catch(() => {
    console.error(`There is no database in ${dataDir}. Run npm start first, or set DATABASE_URL.`);
    process.exit(1);
  });
}
await import('../deploy/reset-password.ts');
