import { browser } from 'wxt/browser';
import type { Field } from './fields.ts';
import type { HoldReason, ReferralBody } from './outbox/outgoing.ts';
import type { Selectors } from './reading/page-text.ts';
import type { Reading } from './reading/reading.ts';

/** An open lead of the phone that is about to be referred. */
export type OpenLead = { consultant: string; created_at: string };

/** The call screen that a panel belongs to; `origin` null where the extension may not know it. */
export type Screen = { tabId: number | null; origin: string | null; allowed: boolean; reading: Reading };

/** What the extension's own pages ask of the service worker, and what it answers. */
export type Requests = {
  refer: { ask: { key: string; body: ReferralBody }; answer: null };
  correct: { ask: { key: string; body: ReferralBody }; answer: null };
  discard: { ask: { key: string }; answer: null };
  retry: { ask: object; answer: null };
  /** `windowId`: of a side panel, which belongs to no tab. */
  screen: { ask: { windowId?: number }; answer: Screen };
  open_lead: { ask: { phone: string }; answer: OpenLead | null };
  /** Has the person click a field on the page; a second time ends it. */
  pick: { ask: { tabId: number; field: Field }; answer: null };
  close: { ask: object; answer: null };
  /** Tries a connection and keeps it where it works; a key of null is the one that is kept. */
  connect: { ask: { url: string; key: string | null }; answer: { tenant: string } | { problem: HoldReason } };
  disconnect: { ask: object; answer: null };
  add_site: { ask: { origin: string }; answer: null };
  remove_site: { ask: { origin: string }; answer: null };
  set_selector: { ask: { origin: string; field: Field; selector: string | null }; answer: null };
  /** Shows a site's call screen with its fields to pick. */
  show_fields: { ask: { origin: string }; answer: null };
  /** What is read on an open page of a site; null where none is open. */
  test_site: { ask: { origin: string }; answer: Reading | null };
};

/** A request on its way. */
export type Request = { [Name in keyof Requests]: { type: Name } & Requests[Name]['ask'] }[keyof Requests];

/** What the service worker asks of a call screen's content script. */
export type ScreenOrder =
  | { type: 'toggle' }
  | { type: 'open'; view: 'form' | 'fields' }
  | { type: 'close' }
  | { type: 'read'; selectors: Selectors }
  | { type: 'pick'; field: Field; name: string }
  /** The site is no longer allowed. */
  | { type: 'leave' };

/** What a content script tells; it may ask for nothing but whether to show itself. */
export type ScreenWord =
  | { type: 'screen_ready' }
  | { type: 'picked'; field: Field; selector: string }
  | { type: 'pick_ended' };

/** What a content script is told at its start: whether the site is allowed, and what to open at once. */
export type Welcome = { show: boolean; open: 'fields' | null };

/** The port a panel holds open while it follows leads. */
export const FOLLOWING = 'following';

/** Asks the service worker. Rejects where it could not do it. */
export async function ask<Name extends keyof Requests>(
  type: Name,
  what: Requests[Name]['ask'],
): Promise<Requests[Name]['answer']> {
  const answer: unknown = await browser.runtime.sendMessage({ type, ...what });
  const { done, failed } = (answer ?? { failed: 'no answer' }) as {
    done?: Requests[Name]['answer'];
    failed?: string;
  };
  if (failed !== undefined) throw new Error(failed);
  return done as Requests[Name]['answer'];
}
