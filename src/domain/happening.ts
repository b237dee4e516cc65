// Imported by workflow code: this file imports nothing.

/** What a lead's workflow is started with. Ids and codes alone: this enters the engine's histories. */
export type LeadStart = { tenantId: string; leadId: string; consultantId: string | null; origin: string };

/** Something that happened to a lead, in ids and codes alone. */
export type LeadHappening =
  | { type: 'referred'; referralId: string }
  /** `recovered`: it had been told as failed, and arrived after all. */
  | {
      type: 'delivery';
      referralId: string;
      stage: 'main' | 'rework';
      state: 'delivered' | 'read';
      recovered?: true;
    }
  | { type: 'failed'; referralId: string; stage: 'main' | 'rework'; errorClass: string }
  | { type: 'reply'; messageId: string }
  | { type: 'conversion' }
  /** The person pressed the button that says they are not interested. */
  | { type: 'not_interested' }
  /** A label that postpones or forbids the rework may stand on the conversation now. */
  | { type: 'labelled' }
  | { type: 'rework_now' }
  | { type: 'settled'; attemptId: string }
  | { type: 'overdue' };

/** The one signal of a lead's workflow: all that happened since the last, in its order. */
export const HAPPENED = 'happened';
