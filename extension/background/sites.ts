import { type Browser, browser } from 'wxt/browser';
import type { Field } from '../fields.ts';
import { hostPattern } from '../server/address.ts';
import { load, type Site, save } from '../stored.ts';

/** The script of call screens, as it is in the package. */
export const SCREEN_SCRIPT = '/screen.js';
const SCRIPT_ID = 'screen';

let turn: Promise<unknown> = Promise.resolve();

/** Adds a site that the person has granted, and shows the panel on its open pages at once. */
export function addSite(origin: string): Promise<void> {
  return change((sites) =>
    sites.some((site) => site.origin === origin) ? sites : [...sites, { origin, selectors: {} }],
  );
}

/** Removes a site with its fields, and gives its permission back where nothing else needs it. */
export async function removeSite(origin: string): Promise<void> {
  await change((sites) => sites.filter((site) => site.origin !== origin));
  const [server, sites] = await Promise.all([load('server'), load('sites')]);
  const pattern = hostPattern(origin);
  const needed = [...sites.map((site) => site.origin), ...(server ? [server.url] : [])].map(hostPattern);
  // What the manifest itself grants cannot be given back.
  if (!needed.includes(pattern)) await browser.permissions.remove({ origins: [pattern] }).catch(() => {});
}

/** Says where a site shows a field; null: nowhere in particular. */
export function setSelector(origin: string, field: Field, selector: string | null): Promise<void> {
  return change((sites) =>
    sites.map((site) => {
      if (site.origin !== origin) return site;
      const { [field]: _, ...others } = site.selectors;
      return { ...site, selectors: selector === null ? others : { ...others, [field]: selector } };
    }),
  );
}

/** The allowed site of an address, or null; a permission that was withdrawn in Chrome's own page counts. */
export async function siteOf(url: string | undefined): Promise<Site | null> {
  const parsed = url === undefined ? null : URL.parse(url);
  const site = parsed && (await load('sites')).find(({ origin }) => origin === parsed.origin);
  return site && (await mayRead(site)) ? site : null;
}

/** Open tabs of a site, the one used last first. */
export async function tabsOf(origin: string): Promise<Browser.tabs.Tab[]> {
  const tabs = await browser.tabs.query({ url: hostPattern(origin) });
  return tabs
    .filter(({ url }) => url !== undefined && URL.parse(url)?.origin === origin)
    .sort((a, b) => (b.lastAccessed ?? 0) - (a.lastAccessed ?? 0));
}

/** Has Chrome put the script onto the allowed sites, and puts it onto those of their pages that are open. */
export async function showOnSites(): Promise<void> {
  const sites: Site[] = [];
  for (const site of await load('sites')) if (await mayRead(site)) sites.push(site);
  const matches = [...new Set(sites.map(({ origin }) => hostPattern(origin)))];
  await browser.scripting.unregisterContentScripts();
  if (matches.length === 0) return;
  await browser.scripting.registerContentScripts([
    { id: SCRIPT_ID, js: [SCREEN_SCRIPT], matches, runAt: 'document_idle', persistAcrossSessions: true },
  ]);
  for (const { origin } of sites) {
    for (const { id } of await tabsOf(origin)) {
      if (id === undefined) continue;
      // A page that cannot take it now (an error page, one being left) has it when it is loaded again.
      await browser.scripting
        .executeScript({ target: { tabId: id }, files: [SCREEN_SCRIPT] })
        .catch(() => {});
    }
  }
}

function mayRead({ origin }: Site): Promise<boolean> {
  return browser.permissions.contains({ origins: [hostPattern(origin)] });
}

function change(how: (sites: Site[]) => Site[]): Promise<void> {
  const mine = turn.then(async () => save({ sites: how(await load('sites')) }));
  turn = mine.catch(() => {});
  return mine;
}
