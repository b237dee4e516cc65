import { browser } from 'wxt/browser';
import { EMPTY_OUTBOX, type HoldReason, type Outbox } from './outbox/outgoing.ts';
import type { Selectors } from './reading/page-text.ts';
import type { Directory } from './server/server.ts';

/** A site the person allowed: where on it each field stands. */
export type Site = { origin: string; selectors: Selectors };

/** The server as pages of the extension may know it: without the key. */
export type ServerShown = { url: string; tenant: string };

/** All that is kept in this browser, by name; nothing of it is synchronised. */
export type Stored = {
  outbox: Outbox;
  server: ServerShown | null;
  /** Read by the service worker alone. */
  key: string | null;
  directory: (Directory & { at: number }) | null;
  /** Why the server could not be read when it was asked last. */
  trouble: HoldReason | null;
  sites: Site[];
  /** Whom this browser's referrals are of, unless the page says otherwise. */
  consultant: string;
};

const INITIAL: Stored = {
  outbox: EMPTY_OUTBOX,
  server: null,
  key: null,
  directory: null,
  trouble: null,
  sites: [],
  consultant: '',
};

/** What is kept under a name. */
export async function load<Name extends keyof Stored>(name: Name): Promise<Stored[Name]> {
  const found = await browser.storage.local.get(name);
  return (found[name] as Stored[Name] | undefined) ?? INITIAL[name];
}

/** Keeps what is given; resolves once it would survive the browser's end. */
export async function save(values: Partial<Stored>): Promise<void> {
  await browser.storage.local.set(values);
}

/** Calls `listener` with what is kept under a name, now and after each change; returns how to end that. */
export function watch<Name extends keyof Stored>(
  name: Name,
  listener: (value: Stored[Name]) => void,
): () => void {
  const onChanged = (changes: Record<string, { newValue?: unknown }>, area: string) => {
    const change = changes[name];
    if (area === 'local' && change) listener((change.newValue as Stored[Name] | undefined) ?? INITIAL[name]);
  };
  browser.storage.onChanged.addListener(onChanged);
  void load(name).then(listener);
  return () => browser.storage.onChanged.removeListener(onChanged);
}
