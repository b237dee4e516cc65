import { patched } from '@temporalio/workflow';
import type { LeadHappening } from '../src/domain/happening.ts';
import type { Stage } from '../src/domain/lead.ts';

type Delivery = 'delivered' | 'read' | 'failed';

/** All that a lead's workflow has heard, and what it has not acted upon yet. */
export class Journey {
  readonly lead: { tenantId: string; leadId: string };
  stage: Stage = 'main';
  /** Something was heard since this was last set to false. */
  stirred = false;
  converted = false;
  referredAgain = false;
  reworkNow = false;
  notInterested = false;
  /** A label that postpones the rework may stand on the conversation. */
  labelled = false;
  replied = false;
  /** Why the last message could not be delivered, by the class of its error. */
  failure: string | null = null;
  /** How far the rework's message has come. */
  reworkDelivery: Delivery | null = null;
  /** Of which attempt nobody knows yet whether it left, and when to look again (milliseconds). */
  unsettled: { attemptId: string; stage: 'main' | 'rework'; lookAt: number; wait: number } | null = null;
  /** How many times this referral's rework was put off. */
  round = 0;
  /** The pace of its channel, as last read. */
  messagesPerSecond = 1;
  #settled = new Set<string>();
  /** Referrals that were heard of or carried: a word for the engine may be told twice. */
  #referrals = new Set<string>();
  #newest: string | null = null;

  constructor(lead: { tenantId: string; leadId: string }) {
    this.lead = { tenantId: lead.tenantId, leadId: lead.leadId };
  }

  hear(news: readonly LeadHappening[]): void {
    for (const happening of news) this.#hearOne(happening);
    this.stirred = true;
  }

  /** A new referral opens a new chapter: what was said of the one before no longer counts. */
  turnPage(): void {
    this.referredAgain = false;
    this.replied = false;
    this.failure = null;
    this.reworkDelivery = null;
    this.unsettled = null;
    this.notInterested = false;
    this.labelled = false;
    this.round = 0;
  }

  /** The chapter is this referral's; hearing of it, now or later, opens no other. */
  carries(referralId: string): void {
    this.#referrals.add(referralId);
    if (this.#newest === referralId) this.referredAgain = false;
  }

  isSettled(attemptId: string): boolean {
    return this.#settled.has(attemptId);
  }

  #hearOne(happening: LeadHappening): void {
    switch (happening.type) {
      case 'referred':
        if (this.#referrals.has(happening.referralId)) break;
        this.#referrals.add(happening.referralId);
        this.#newest = happening.referralId;
        this.referredAgain = true;
        // What was asked for meant the referral before: this one's own first message is not followed at once.
        if (this.reworkNow && patched('rework-now-of-its-referral')) this.reworkNow = false;
        break;
      case 'conversion':
        this.converted = true;
        break;
      case 'not_interested':
        this.notInterested = true;
        break;
      case 'labelled':
        this.labelled = true;
        break;
      case 'rework_now':
        this.reworkNow = true;
        break;
      case 'overdue': // hearing it is enough: whoever rests then looks at the clock
        break;
      case 'reply':
        this.replied = true;
        break;
      case 'settled':
        this.#settled.add(happening.attemptId);
        break;
      case 'delivery':
        if (happening.recovered) this.failure = null;
        if (happening.stage === 'rework') this.reworkDelivery = happening.state;
        break;
      case 'failed':
        this.failure = happening.errorClass;
        if (happening.stage === 'rework') this.reworkDelivery = 'failed';
        break;
    }
  }
}
