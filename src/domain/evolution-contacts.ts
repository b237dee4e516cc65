import type { EvolutionContacts, IgnoredReason } from './evolution-event.ts';
import { namesOf, parseJid, parsePhoneJid } from './evolution-jid.ts';
import type { Delivery, Found } from './evolution-reading.ts';
import { isObject, type JsonObject, textOf } from './loose-json.ts';

/**
 * Reads address-book entries in the gateway's form (`remoteJid`) and in that of its library (`id`, `lid`). All that
 * tell something make one fact: an address book comes whole when an instance connects.
 */
export function readContacts(pieces: readonly unknown[], { event, stamp }: Delivery): Found[] {
  const told: EvolutionContacts['contacts'] = [];
  const found: Found[] = [];
  for (const piece of pieces) {
    const contact = isObject(piece) ? contactOf(piece) : 'malformed';
    if (typeof contact === 'string') found.push({ ignored: contact, piece });
    else told.push(contact);
  }
  if (told.length > 0) {
    found.push({
      fact: { kind: 'contacts', payload: { contacts: told } },
      key: [event, stamp],
      content: told,
    });
  }
  return found;
}

function contactOf(piece: JsonObject): EvolutionContacts['contacts'][number] | IgnoredReason {
  const jid = parseJid(piece.remoteJid ?? piece.id ?? piece.jid);
  if (jid.kind === 'group' || jid.kind === 'broadcast') return jid.kind;
  if (jid.kind === 'unknown') return 'unknown_jid';
  const names = namesOf(
    jid,
    parseJid(piece.remoteJidAlt),
    parseJid(piece.lid ?? piece.remoteLid),
    parsePhoneJid(piece.phoneNumber),
  );
  const name =
    nameOf(piece.pushName) ?? nameOf(piece.name) ?? nameOf(piece.notify) ?? nameOf(piece.verifiedName);
  const linked = names.waId !== null && names.lid !== null;
  return name !== null || linked ? { names, name } : 'nothing_told';
}

/** Where a contact has no name the gateway puts the number's digits there. */
function nameOf(value: unknown): string | null {
  const name = textOf(value)?.trim() ?? '';
  return name === '' || /^\+?[\d\s()-]+$/.test(name) ? null : name;
}
