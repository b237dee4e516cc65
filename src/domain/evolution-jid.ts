import { textOf } from './loose-json.ts';
import { phoneForms, phoneFromWaId } from './phone.ts';

/**
 * An address as WhatsApp Web writes it, read.
 * - `phone`: `waId` are the digits WhatsApp uses; `phone` the canonical E.164 form and `phones` all its forms
 *   (with and without the ninth digit), null and empty where the digits are no number that phone.ts knows.
 * - `lid`: a person whose number is hidden; the digits alone.
 * - `broadcast`: the status feed, broadcast lists and newsletters.
 */
export type EvolutionJid =
  | { kind: 'phone'; waId: string; phone: string | null; phones: string[] }
  | { kind: 'lid'; lid: string }
  | { kind: 'group' }
  | { kind: 'broadcast' }
  | { kind: 'unknown' };

/** What one person is called in one event; whatever it does not say is null. Two names there belong together. */
export type PersonNames = {
  waId: string | null;
  phone: string | null;
  phones: string[];
  lid: string | null;
};

/**
 * Reads `5511…@s.whatsapp.net`, `…:12@s.whatsapp.net` (a device), `…@c.us`, `…@lid`, `…@g.us`, `status@broadcast`
 * and the like. Bare digits are unknown: they may be a phone or a LID. Never throws.
 */
export function parseJid(value: unknown): EvolutionJid {
  const match = /^([^@\s]+)@([a-z.]+)$/.exec((textOf(value) ?? '').trim().toLowerCase());
  if (!match) return { kind: 'unknown' };
  const [, user, server] = match;
  switch (server) {
    case 'g.us':
      return { kind: 'group' };
    case 'broadcast':
    case 'newsletter':
      return { kind: 'broadcast' };
    case 's.whatsapp.net':
    case 'c.us':
    case 'hosted': {
      const waId = digitsOf(user!, 15);
      return waId === null ? { kind: 'unknown' } : phoneJid(waId);
    }
    case 'lid':
    case 'hosted.lid': {
      const lid = digitsOf(user!, 20);
      return lid === null ? { kind: 'unknown' } : { kind: 'lid', lid };
    }
    default:
      return { kind: 'unknown' };
  }
}

/** Like {@link parseJid}, for a member that names a phone: there bare digits are one, too. */
export function parsePhoneJid(value: unknown): EvolutionJid {
  const digits = /^\+?(\d{7,15})$/.exec((textOf(value) ?? '').trim())?.[1];
  return digits === undefined ? parseJid(value) : phoneJid(digits);
}

/** The names of one person out of the addresses given for them: of each kind the first. */
export function namesOf(...jids: readonly EvolutionJid[]): PersonNames {
  const phone = jids.find((jid) => jid.kind === 'phone');
  const lid = jids.find((jid) => jid.kind === 'lid');
  return {
    waId: phone?.waId ?? null,
    phone: phone?.phone ?? null,
    phones: phone?.phones ?? [],
    lid: lid?.lid ?? null,
  };
}

function phoneJid(waId: string): EvolutionJid {
  const phone = phoneFromWaId(waId);
  return { kind: 'phone', waId, phone, phones: phone === null ? [] : phoneForms(phone) };
}

/** The digits of `5511987654321_1:12`, which is user, agent and device; null for fewer than 7 digits. */
function digitsOf(user: string, most: number): string | null {
  const digits = /^(\d{7,})(?:_\d+)?(?::\d+)?$/.exec(user)?.[1];
  return digits !== undefined && digits.length <= most ? digits : null;
}
