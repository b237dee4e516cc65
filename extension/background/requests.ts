import { type Browser, browser } from 'wxt/browser';
import type { Request, Requests } from '../messages.ts';
import { findOpenLead, ServerAway } from '../server/server.ts';
import { connect, disconnect, refreshDirectory, usableConnection } from './connection.ts';
import { sender as outbox } from './outbox.ts';
import {
  isOverlay,
  leave,
  order,
  pick,
  picked,
  pickEnded,
  screenOf,
  showFields,
  testSite,
  welcome,
} from './screens.ts';
import { addSite, removeSite, setSelector, showOnSites, siteOf } from './sites.ts';

type Asker = Browser.runtime.MessageSender;
type Handlers = {
  [Name in keyof Requests]: (asked: Requests[Name]['ask'], asker: Asker) => Promise<Requests[Name]['answer']>;
};

const HANDLERS: Handlers = {
  async refer({ key, body }) {
    await outbox.add(key, body);
    void outbox.pump({ now: true });
    return null;
  },
  async correct({ key, body }) {
    await outbox.correct(key, body);
    void outbox.pump({ now: true });
    return null;
  },
  async discard({ key }) {
    await outbox.discard(key);
    return null;
  },
  async retry() {
    await outbox.pump({ now: true });
    return null;
  },
  async screen({ windowId }, asker) {
    void refreshDirectory();
    return screenOf(asker, windowId);
  },
  async open_lead({ phone }) {
    try {
      const lead = await findOpenLead(await usableConnection(), phone);
      return lead && { consultant: lead.consultant, created_at: lead.created_at };
    } catch (error) {
      // Not to know is no reason to keep somebody from sending.
      if (error instanceof ServerAway) return null;
      throw error;
    }
  },
  async pick({ tabId, field }) {
    await pick(tabId, field);
    return null;
  },
  async close(_, { tab }) {
    if (tab?.id !== undefined) await order(tab.id, { type: 'close' });
    return null;
  },
  async connect({ url, key }) {
    const result = await connect(url, key);
    if ('tenant' in result) void outbox.pump({ now: true });
    return result;
  },
  async disconnect() {
    await disconnect();
    return null;
  },
  async add_site({ origin }) {
    await addSite(origin);
    await showOnSites();
    return null;
  },
  async remove_site({ origin }) {
    await leave(origin);
    await removeSite(origin);
    await showOnSites();
    return null;
  },
  async set_selector({ origin, field, selector }) {
    await setSelector(origin, field, selector);
    return null;
  },
  async show_fields({ origin }) {
    await showFields(origin);
    return null;
  },
  test_site: ({ origin }) => testSite(origin),
};

/** Answers the extension's own pages, and takes from content scripts the little they may say. */
export function answerRequests(): void {
  browser.runtime.onMessage.addListener((message: unknown, asker, respond) => {
    if (asker.id !== browser.runtime.id) return;
    const request = message as Request;
    const answer = isOwnPage(asker) ? answerPage(request, asker) : answerScreen(message, asker);
    answer.then(
      (done) => respond({ done }),
      (error: unknown) => respond({ failed: String(error) }),
    );
    return true;
  });
}

async function answerPage(request: Request, asker: Asker): Promise<unknown> {
  // A page of ours in somebody else's frame acts only where the person has allowed that site.
  if (isOverlay(asker) && !(await siteOf(asker.tab?.url))) throw new Error('not an allowed site');
  if (!Object.hasOwn(HANDLERS, request.type)) throw new Error('unknown request');
  const handle = HANDLERS[request.type] as (asked: Request, asker: Asker) => Promise<unknown>;
  return handle(request, asker);
}

/** What a content script tells. Its page may have taken it over: nothing here acts, reads or shows a secret. */
async function answerScreen(message: unknown, asker: Asker): Promise<unknown> {
  const { type } = (message ?? {}) as { type?: unknown };
  if (asker.frameId === 0 && type === 'screen_ready') return welcome(asker);
  if (asker.frameId === 0 && type === 'picked') return picked(asker, message);
  if (asker.frameId === 0 && type === 'pick_ended') return pickEnded(asker);
  throw new Error('not for a call screen to ask');
}

function isOwnPage({ url }: Asker): boolean {
  return url?.startsWith(browser.runtime.getURL('/')) ?? false;
}
