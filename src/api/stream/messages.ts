import type { StreamMessage } from '../../contract/stream.ts';

/** Leads of one message at most. */
const MOST_LEADS = 100;

/** What a pass found, each lead written as JSON once, however many pages it goes to. */
export type Written = {
  leads: ReadonlyMap<string, string>;
  kinds: readonly string[];
};

/** One message as JSON, in bytes, so that it is encoded once for all its pages. */
export function message(content: Exclude<StreamMessage, { type: 'lead_updated' | 'changed' }>): Buffer {
  return Buffer.from(JSON.stringify(content));
}

/**
 * What tells a page of all this, of the leads in `only` alone or (null) of all. A page that has come to the end of it
 * may go on after `to`; one that has had a part of it goes on after `from`, and is told the rest again.
 */
export function messagesOf(
  { leads, kinds }: Written,
  only: ReadonlySet<string> | null,
  { from, to }: { from: string; to: string },
): Buffer[] {
  const lines = [...leads].filter(([id]) => !only || only.has(id)).map(([, line]) => line);
  const parts: string[] = [];
  for (let at = 0; at < lines.length; at += MOST_LEADS) {
    parts.push(`"type":"lead_updated","leads":[${lines.slice(at, at + MOST_LEADS).join(',')}]`);
  }
  if (kinds.length > 0) parts.push(`"type":"changed","of":${JSON.stringify(kinds)}`);
  return parts.map((part, at) => {
    const cursor = at === parts.length - 1 ? to : from;
    return Buffer.from(`{${part},"cursor":${JSON.stringify(cursor)}}`);
  });
}
