import { type PhoneNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max';

/**
 * A phone as somebody typed it, read.
 * - `e164`: `+` and digits; a Brazilian mobile always carries its ninth digit.
 * - `waIdCandidates`: the digits under which WhatsApp may know it, the likeliest first.
 * - `reason`: nothing there; two or more numbers; not written as a number; no such number.
 */
export type ParsedPhone =
  | { ok: true; e164: string; waIdCandidates: string[] }
  | { ok: false; reason: 'empty' | 'too_many' | 'not_a_phone' | 'invalid' };

/** Reads a phone in any form people or messengers write it; without country code it is Brazilian. */
export function parsePhone(input: string): ParsedPhone {
  // Numbers copied from a contact list carry invisible direction marks.
  const typed = input
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .trim();
  if (typed === '') return { ok: false, reason: 'empty' };
  if (holdsSeveral(typed)) return { ok: false, reason: 'too_many' };

  const jid = /^(\d+)(?:_\d+)?(?::\d+)?@(?:s\.whatsapp\.net|c\.us)$/i.exec(typed);
  const digits = jid ? `+${jid[1]}` : undecorated(typed);
  if (digits === null) return { ok: false, reason: 'not_a_phone' };

  const e164 = readDigits(digits);
  if (e164 === null) return { ok: false, reason: 'invalid' };
  return { ok: true, e164, waIdCandidates: waIdCandidates(e164) };
}

/**
 * The canonical E.164 form of digits as WhatsApp writes them (always with country code), or null.
 * Abroad a number that is possible is believed even where the numbering plan does not list it yet:
 * WhatsApp has verified it.
 */
export function phoneFromWaId(waId: string): string | null {
  const digits = /^\+?(\d{7,15})$/.exec(waId.trim())?.[1];
  if (digits === undefined) return null;
  const known = international(digits);
  if (known !== null || digits.startsWith('55')) return known;
  return parsePhoneNumberFromString(`+${digits}`)?.isPossible() ? `+${digits}` : null;
}

/** Every E.164 form under which the same person may be known, the canonical one first. */
export function phoneForms(e164: string): string[] {
  const mobile = brazilianMobile(e164);
  return mobile ? [e164, `+55${mobile.ddd}${mobile.eight}`] : [e164];
}

/** The digits WhatsApp may know a canonical number by, in the order in which to try them. */
export function waIdCandidates(e164: string): string[] {
  const digits = e164.slice(1);
  const mobile = brazilianMobile(e164);
  if (mobile) {
    const without = `55${mobile.ddd}${mobile.eight}`;
    // Accounts of the areas that got the ninth digit late mostly still live without it.
    return Number(mobile.ddd) >= 31 && /^[7-9]/.test(mobile.eight) ? [without, digits] : [digits, without];
  }
  // Mexico and Argentina write an extra digit after the country code that WhatsApp may or may not keep.
  if (/^52\d{10}$/.test(digits)) return [`521${digits.slice(2)}`, digits];
  if (/^549\d{10}$/.test(digits)) return [digits, `54${digits.slice(3)}`];
  return [digits];
}

/** For reading: `(11) 98765-4321` for Brazil, `+1 650 555 1234` for the rest; unreadable input unchanged. */
export function formatPhone(e164: string): string {
  const phone = parsePhoneNumberFromString(e164);
  if (!phone) return e164;
  return phone.country === 'BR' ? phone.formatNational() : phone.formatInternational();
}

function holdsSeveral(typed: string): boolean {
  const parts = typed.split(/[,;|/\s]+/);
  return parts.filter((part) => part.replace(/\D/g, '').length >= 8).length > 1;
}

/** The bare digits, with a leading `+` kept; null for whatever is not written as a phone. */
function undecorated(typed: string): string | null {
  const number = typed.replace(/^(?:whatsapp:|tel:|(?:https?:\/\/)?wa\.me\/)/i, '');
  // A spreadsheet's 5511987654321.0 would otherwise turn into another, longer number.
  if (/^\d+\.\d{1,2}$/.test(number)) return null;
  const digits = number.replace(/(?<![\da-z])0\s?xx\s?/i, '0').replace(/[\s().\-\u2010-\u2015/]/g, '');
  return /^\+?\d+$/.test(digits) ? digits : null;
}

function readDigits(digits: string): string | null {
  if (digits.startsWith('+')) return international(digits.slice(1));
  if (digits.startsWith('00')) return international(digits.slice(2));
  if (digits.startsWith('55') && digits.length >= 12) return brazilian(digits.slice(2));
  // Eleven bare digits are a DDD and a number; guessing a country would write to somebody else.
  if (digits.startsWith('0') || digits.length < 12) return brazilian(digits);
  return international(digits);
}

function international(digits: string): string | null {
  if (digits.startsWith('55')) return brazilian(digits.slice(2));
  const phone = parsePhoneNumberFromString(`+${digits.replace(/^521(?=\d{10}$)/, '52')}`);
  return phone && canBelongToAPerson(phone) ? phone.number : null;
}

/** Reads what follows the country code, with or without trunk 0, carrier code and ninth digit. */
function brazilian(national: string): string | null {
  const bare = /^0(?:\d{2})?(\d{10,11})$/.exec(national)?.[1] ?? national;
  const match = /^(\d{2})(?:9(\d{8})|([2-5]\d{7})|([6-9]\d{7}))$/.exec(bare);
  if (!match) return null;
  const [, ddd, afterNine, landline, olderMobile] = match;
  const phone = parsePhoneNumberFromString(`+55${ddd}${landline ?? `9${afterNine ?? olderMobile}`}`);
  return phone && canBelongToAPerson(phone) ? phone.number : null;
}

/** The parts of a canonical Brazilian mobile that may also be known without its ninth digit. */
function brazilianMobile(e164: string): { ddd: string; eight: string } | null {
  // Eight digits that start with 2–5 are somebody else's landline; with 0 or 1 they never existed.
  const match = /^\+55(\d{2})9([6-9]\d{7})$/.exec(e164);
  return match ? { ddd: match[1]!, eight: match[2]! } : null;
}

const SERVICES = ['TOLL_FREE', 'PREMIUM_RATE', 'SHARED_COST', 'UAN', 'VOICEMAIL', 'PAGER'];

function canBelongToAPerson(phone: PhoneNumber): boolean {
  return phone.isValid() && !SERVICES.includes(phone.getType() ?? '');
}
