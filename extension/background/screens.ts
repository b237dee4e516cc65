import { type Browser, browser } from 'wxt/browser';
import { type Field, FIELD_NAMES, isField } from '../fields.ts';
import type { Screen, ScreenOrder, Welcome } from '../messages.ts';
import { pageText } from '../reading/page-text.ts';
import { type Reading, readReferral } from '../reading/reading.ts';
import type { Site } from '../stored.ts';
import { setSelector, siteOf, tabsOf } from './sites.ts';

const LONGEST_SELECTOR = 1_000;
const NOWHERE: Screen = { tabId: null, origin: null, allowed: false, reading: {} };

/** The call screen of a panel: the page it lies over, or the side panel's active tab. */
export async function screenOf(sender: Browser.runtime.MessageSender, windowId?: number): Promise<Screen> {
  const tab = sender.tab && isOverlay(sender) ? sender.tab : await activeTab(windowId);
  if (tab?.id === undefined || tab.url === undefined) return NOWHERE;
  const url = URL.parse(tab.url);
  if (!url || !/^https?:$/.test(url.protocol)) return NOWHERE;
  const site = await siteOf(tab.url);
  const reading = site ? await readTab(tab.id, site) : {};
  return { tabId: tab.id, origin: url.origin, allowed: site !== null, reading };
}

/** What is read on the open page of a site that was used last; null where none is open. */
export async function testSite(origin: string): Promise<Reading | null> {
  const [tab] = await tabsOf(origin);
  const site = await siteOf(tab?.url);
  return tab?.id !== undefined && site ? readTab(tab.id, site) : null;
}

/** Shows a site's page, opening one if need be, with the panel's list of fields over it. */
export async function showFields(origin: string): Promise<void> {
  const [open] = await tabsOf(origin);
  if (open?.id !== undefined) {
    await browser.tabs.update(open.id, { active: true });
    await browser.windows.update(open.windowId, { focused: true });
    await order(open.id, { type: 'open', view: 'fields' });
    return;
  }
  const { id } = await browser.tabs.create({ url: origin });
  if (id !== undefined) await showingFields.set(id, true);
}

/** Something about a tab that must outlive the service worker until the tab's page answers. */
function untilAnswered<Value>(name: string) {
  const nameOf = (tabId: number) => `${name}-${tabId}`;
  return {
    set: (tabId: number, value: Value) => browser.storage.session.set({ [nameOf(tabId)]: value }),
    /** What was set, this once. */
    async take(tabId: number): Promise<unknown> {
      const found = await browser.storage.session.get(nameOf(tabId));
      await browser.storage.session.remove(nameOf(tabId));
      return found[nameOf(tabId)];
    },
  };
}

const picking = untilAnswered<Field>('pick');
const showingFields = untilAnswered<boolean>('fields');

/** Tells a content script at its start what to do. */
export async function welcome({ tab }: Browser.runtime.MessageSender): Promise<Welcome> {
  const show = (await siteOf(tab?.url)) !== null;
  if (tab?.id === undefined || !show) return { show: false, open: null };
  // Where the panel lies over the page, the button and its shortcut open that one.
  await browser.sidePanel.setOptions({ tabId: tab.id, enabled: false });
  return { show, open: (await showingFields.take(tab.id)) === true ? 'fields' : null };
}

/** Has a site's open pages without the panel again. */
export async function leave(origin: string): Promise<void> {
  for (const { id } of await tabsOf(origin)) {
    if (id === undefined) continue;
    await order(id, { type: 'leave' });
    await browser.sidePanel.setOptions({ tabId: id, enabled: true });
  }
}

/** Has the person click a field on a page. */
export async function pick(tabId: number, field: Field): Promise<void> {
  await picking.set(tabId, field);
  await order(tabId, { type: 'pick', field, name: FIELD_NAMES[field] });
}

/** Takes a content script's word that something was picked: only where a panel asked for it, only for that field. */
export async function picked(sender: Browser.runtime.MessageSender, said: unknown): Promise<void> {
  const { field, selector } = said as { field?: unknown; selector?: unknown };
  const tabId = sender.tab?.id;
  const site = await siteOf(sender.tab?.url);
  if (tabId === undefined || !site) return;
  const asked = await picking.take(tabId);
  if (!isField(asked) || asked !== field) return;
  if (typeof selector !== 'string' || selector.length > LONGEST_SELECTOR) return;
  await setSelector(site.origin, asked, selector);
}

/** The person thought better of it. */
export async function pickEnded({ tab }: Browser.runtime.MessageSender): Promise<void> {
  if (tab?.id !== undefined) await picking.take(tab.id);
}

/** Tells a page's content script what to do; where there is none, nothing happens. */
export async function order(tabId: number, what: ScreenOrder): Promise<unknown> {
  return browser.tabs.sendMessage(tabId, what, { frameId: 0 }).catch(() => undefined);
}

/** Whether a page of ours lies over somebody else's. */
export function isOverlay({ tab, frameId }: Browser.runtime.MessageSender): boolean {
  return tab !== undefined && frameId !== undefined && frameId !== 0;
}

async function readTab(tabId: number, { selectors }: Site): Promise<Reading> {
  return readReferral(pageText(await order(tabId, { type: 'read', selectors })));
}

async function activeTab(windowId: number | undefined): Promise<Browser.tabs.Tab | undefined> {
  const where = windowId === undefined ? { lastFocusedWindow: true } : { windowId };
  return (await browser.tabs.query({ active: true, ...where }))[0];
}
