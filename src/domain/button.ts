/** What a template's quick-reply button may mean. */
export const BUTTON_MEANINGS = ['talk', 'convert', 'not_interested', 'opt_out'] as const;
export type ButtonMeaning = (typeof BUTTON_MEANINGS)[number];

/** A button of ours that was pressed; `leadId` is the lead its template was sent for, where the payload says so. */
export type PressedButton = { meaning: ButtonMeaning; leadId: string | null };

/** What comes back as the payload of a button of a template sent for a lead: `talk:0199…`. */
export function buttonPayload(meaning: string, leadId: string): string {
  return `${meaning}:${leadId}`;
}

/** Reads the payload of a pressed button; null for one that is not ours: then its wording says what it means. */
export function readButton(payload: string | null): PressedButton | null {
  const [name = '', ...rest] = (payload ?? '').split(':');
  const meaning = BUTTON_MEANINGS.find((known) => known === name.toLowerCase());
  if (meaning === undefined) return null;
  const leadId = rest.join(':').toLowerCase();
  return { meaning, leadId: /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(leadId) ? leadId : null };
}
