import {
  idOf,
  integerOf,
  isObject,
  type JsonObject,
  listOf,
  objectOf,
  storable,
  textOf,
} from './loose-json.ts';

/**
 * What surrounds the data of every webhook. `event` is in the spelling `messages.upsert`, whichever came;
 * `stamp` is the envelope's `date_time`, local time marked as UTC: good to tell two events apart, but no instant.
 */
export type EvolutionEnvelope = {
  event: string | null;
  instance: string | null;
  stamp: string | null;
  data: unknown;
};

/**
 * Reads an envelope (parsed JSON). `pathEvent` is what a gateway set to one address per event has appended to it
 * (`messages-upsert`), for bodies that do not name their event. Secrets are gone from what is returned.
 */
export function readEnvelope(body: unknown, pathEvent?: string): EvolutionEnvelope {
  const root = objectOf(storable(body));
  const stamp = textOf(root.date_time) ?? '';
  return {
    event: eventName(root.event) ?? eventName(pathEvent),
    instance: instanceOf(root),
    stamp: stamp === '' || stamp.length > 64 ? null : stamp,
    data: objectOf(withoutSecrets(root)).data,
  };
}

/** The instance that a webhook body (parsed JSON) says it comes from; null if it does not. */
export function evolutionInstance(body: unknown): string | null {
  return instanceOf(objectOf(storable(body)));
}

/**
 * A copy of a webhook body, ready to be stored, without the secrets in it: the instance's token, which a gateway
 * may show as `apikey`, and `destination`, the address with our own key. Copies of the token inside other texts go,
 * too.
 */
export function stripApiKey(body: unknown): unknown {
  return withoutSecrets(storable(body));
}

/** The pieces that `data` consists of: one object, an array, or an array under one of `lists`. */
export function piecesOf(data: unknown, ...lists: readonly string[]): readonly unknown[] {
  if (Array.isArray(data)) return data;
  if (!isObject(data)) return [];
  const list = lists.find((name) => isObject(data[name]) || Array.isArray(data[name]));
  if (list === undefined) return [data];
  return isObject(data[list]) ? [data[list]] : listOf(data[list]);
}

/** Whole seconds written as a number, as digits, or as a 64-bit pair `{low, high}`, as an ISO instant; else null. */
export function instantOfSeconds(value: unknown): string | null {
  const seconds = isObject(value)
    ? longOf(value)
    : typeof value === 'number'
      ? Math.floor(value)
      : integerOf(value);
  if (seconds === null) return null;
  // Some gateways tell milliseconds; as seconds they would lie beyond the year 5000.
  return instantOfMilliseconds(seconds < 100_000_000_000 ? seconds * 1000 : seconds);
}

/** Milliseconds since 1970 as an ISO instant; null for anything that is none or lies beyond the year 9999. */
export function instantOfMilliseconds(value: unknown): string | null {
  const milliseconds = isObject(value) ? longOf(value) : integerOf(value);
  if (milliseconds === null || milliseconds <= 0 || milliseconds >= 253_402_300_800_000) return null;
  return new Date(milliseconds).toISOString();
}

function longOf({ low, high }: JsonObject): number | null {
  const [lower, upper] = [integerOf(low), integerOf(high ?? 0)];
  if (lower === null || upper === null) return null;
  const value = upper * 2 ** 32 + (lower >>> 0);
  return Number.isSafeInteger(value) ? value : null;
}

function eventName(value: unknown): string | null {
  const name =
    textOf(value)
      ?.trim()
      .toLowerCase()
      .replace(/[_\-./\s]+/g, '.')
      .replace(/^\.|\.$/g, '') ?? '';
  return /^[a-z\d.]{1,64}$/.test(name) ? name : null;
}

function instanceOf(root: JsonObject): string | null {
  for (const holder of [root, objectOf(root.instance), objectOf(root.data)]) {
    const name = idOf(textOf(holder.instance)) ?? idOf(textOf(holder.instanceName));
    if (name !== null) return name;
  }
  return null;
}

function withoutSecrets(root: unknown): unknown {
  const token = isObject(root) ? textOf(root.apikey) : null;
  // A short one may be an ordinary word, which must not vanish from what people write.
  const cleaned = without(root, token !== null && token.length >= 16 ? token : null);
  if (!isObject(cleaned)) return cleaned;
  const { destination: _ours, ...rest } = cleaned;
  return rest;
}

function without(value: unknown, token: string | null): unknown {
  if (typeof value === 'string') return token === null ? value : value.replaceAll(token, '[removed]');
  if (Array.isArray(value)) return value.map((item) => without(item, token));
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([key]) => !/^(?:x[-_]?)?api[-_]?key$/i.test(key));
  return Object.fromEntries(kept.map(([key, item]) => [key, without(item, token)]));
}
