/** How everything begins that this product signs in Chatwoot as its own. */
const OURS = 'lead-flow:';

/**
 * Key in the `content_attributes` of every message that this product creates in Chatwoot. Versions that drop such
 * keys keep the source id ({@link ownSourceId}), and the other way round.
 */
export const OWN_MESSAGE_MARK = 'lead_flow';

/** The source id of the message that this product creates under `key`. */
export const ownSourceId = (key: string): string => `${OURS}${key}`;

/** Whether a message with this source id was created by this product. */
export const isOwnSourceId = (sourceId: string | null): boolean => sourceId?.startsWith(OURS) ?? false;

/** The `identifier` of a person's contact in Chatwoot, which keeps it unique: nobody is created twice. */
export const contactIdentifierOf = (personId: string): string => `${OURS}${personId}`;

/** The person whose contact has this `identifier`; null where it is not one of ours. */
export function personOfIdentifier(identifier: string | null): string | null {
  return /^lead-flow:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(identifier ?? '')?.[1] ?? null;
}
