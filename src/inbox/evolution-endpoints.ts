import { findInstances, listInstances } from '../db/evolution-channels.ts';
import { cached, findWebhook, loadSettings } from '../db/tenants.ts';
import type { StatusNumbering } from '../domain/evolution-webhook.ts';
import type { ReceiverOptions } from './incoming.ts';

/** Whose an Evolution webhook is. */
export type GatewayEndpoint = {
  tenantId: string;
  endpointId: string;
  numbering: StatusNumbering;
  optOutWords: string[];
  /** The webhook names an instance that is none of the tenant's: nothing follows from it. */
  foreign: boolean;
  believed: boolean;
};

/**
 * Finds an endpoint by the key in the webhook's address. The key belongs to one instance and proves the tenant's
 * gateway: a gateway with one address for all of its instances is understood, too.
 */
export function endpointsByKey({
  database,
}: ReceiverOptions): (key: string, instance: string | null) => Promise<GatewayEndpoint | null> {
  const load = async (key: string) => {
    const found = await findWebhook(database, 'evolution', key);
    if (!found) return null;
    const [settings, instances] = await database.together(found.tenantId, ({ query }) =>
      Promise.all([loadSettings(query), listInstances(query)]),
    );
    return { ...found, instances, optOutWords: settings.optOutWords };
  };
  const known = cached(load);
  return (key, instance) =>
    freshly([known, load], key, (found) => {
      if (!found) return null;
      const { tenantId, endpointId, instances, optOutWords } = found;
      const named = instances.find((one) =>
        instance === null ? one.endpointId === endpointId : one.instance === instance,
      );
      return {
        good: named !== undefined,
        endpoint: {
          tenantId,
          endpointId: named?.endpointId ?? endpointId,
          numbering: named?.numbering ?? 'documented',
          optOutWords,
          foreign: named === undefined,
          believed: true,
        },
      };
    });
}

/**
 * Finds an endpoint by the instance that the webhook names: of whichever tenants have one of that name, the one
 * whose secrets the sender knows.
 */
export function endpointsByInstance({
  database,
  sealing,
}: ReceiverOptions): (
  instance: string,
  proves: (secrets: readonly string[]) => boolean,
) => Promise<GatewayEndpoint | null> {
  const load = async (name: string) =>
    Promise.all(
      (await findInstances(database, name)).map(async ({ secretSealed, ...found }) => {
        const settings = await database.together(found.tenantId, ({ query }) => loadSettings(query));
        const secrets = JSON.parse(sealing.open(secretSealed)) as string[];
        return { ...found, secrets, optOutWords: settings.optOutWords };
      }),
    );
  const known = cached(load);
  return (instance, proves) =>
    freshly([known, load], instance, (found) => {
      const proven = found.find(({ secrets }) => proves(secrets));
      const one = proven ?? found[0];
      if (!one) return null;
      const { tenantId, endpointId, numbering, optOutWords } = one;
      const believed = proven !== undefined;
      return {
        good: believed,
        endpoint: { tenantId, endpointId, numbering, optOutWords, foreign: false, believed },
      };
    });
}

/**
 * What is about to be refused is asked of the database once more: Evolution never repeats after a 4xx, so what was
 * set up or changed a second ago must count.
 */
async function freshly<Found>(
  loads: readonly ((name: string) => Promise<Found>)[],
  name: string,
  choose: (found: Found) => { good: boolean; endpoint: GatewayEndpoint } | null,
): Promise<GatewayEndpoint | null> {
  let chosen: ReturnType<typeof choose> = null;
  for (const load of loads) {
    chosen = choose(await load(name));
    if (chosen?.good) break;
  }
  return chosen?.endpoint ?? null;
}
