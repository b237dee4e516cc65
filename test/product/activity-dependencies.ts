import { pino } from 'pino';
import { openConnections } from '../../activities/connections.ts';
import type { Dependencies } from '../../activities/dependencies.ts';
import { createSealing } from '../../src/db/sealing.ts';
import { settingsReader } from '../../src/db/tenants.ts';
import { wakeAt } from '../../src/domain/business-calendar.ts';
import type { Product } from '../harness/product.ts';

/** What activities need that a suite calls itself, as a worker of the product would have it. */
export function activityDependencies({
  database,
  secretKey,
}: Pick<Product, 'database' | 'secretKey'>): Dependencies {
  const sealing = createSealing(secretKey);
  return {
    database,
    sealing,
    connections: openConnections(database, sealing),
    settingsOf: settingsReader(database),
    log: pino({ level: 'silent' }),
    wakeAt,
  };
}
