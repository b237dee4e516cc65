import { idOf, isObject, type JsonObject, listOf, objectOf, textOf } from './loose-json.ts';

/** What kind of thing was sent, in the words of the Cloud API where it has one. */
export type EvolutionMessageType =
  | 'text'
  | 'button'
  | 'interactive'
  | 'image'
  | 'video'
  | 'audio'
  | 'document'
  | 'sticker'
  | 'location'
  | 'contacts'
  | 'reaction'
  | 'poll'
  | 'other';

/**
 * What a message says. `text` is what was written: text, caption, the wording of the button, list entry or poll
 * option; never a reaction's emoji. `buttonPayload` is the id behind the choice, `contextId` the WhatsApp id of
 * the message answered or reacted to.
 */
export type EvolutionContent = {
  type: EvolutionMessageType;
  text: string | null;
  buttonPayload: string | null;
  contextId: string | null;
};

/** Messages that only hold another one. */
const WRAPPERS = [
  'ephemeralMessage',
  'viewOnceMessage',
  'viewOnceMessageV2',
  'viewOnceMessageV2Extension',
  'documentWithCaptionMessage',
  'editedMessage',
];

/** What clients tell each other without anybody having said a thing. */
const SILENT = new Set([
  'protocolMessage',
  'senderKeyDistributionMessage',
  'fastRatchetKeySenderKeyDistributionMessage',
  'deviceSentMessage',
  'keepInChatMessage',
  'pinInChatMessage',
  'encReactionMessage',
  'placeholderMessage',
  'albumMessage',
  'call',
]);

type Said = Omit<EvolutionContent, 'contextId'>;

const READERS: readonly (readonly [string, (part: JsonObject) => Said | null])[] = [
  ['extendedTextMessage', ({ text }) => (text ? said('text', text) : null)],
  ['imageMessage', ({ caption }) => said('image', caption)],
  ['videoMessage', ({ caption }) => said('video', caption)],
  ['ptvMessage', () => said('video')],
  ['audioMessage', () => said('audio')],
  ['documentMessage', ({ caption }) => said('document', caption)],
  ['stickerMessage', () => said('sticker')],
  ['lottieStickerMessage', () => said('sticker')],
  ['locationMessage', () => said('location')],
  ['liveLocationMessage', ({ caption }) => said('location', caption)],
  ['contactMessage', () => said('contacts')],
  ['contactsArrayMessage', () => said('contacts')],
  [
    'buttonsResponseMessage',
    (part) => said('button', part.selectedDisplayText ?? part.title, part.selectedButtonId),
  ],
  ['templateButtonReplyMessage', (part) => said('button', part.selectedDisplayText, part.selectedId)],
  [
    'listResponseMessage',
    (part) => said('interactive', part.title, objectOf(part.singleSelectReply).selectedRowId),
  ],
  ['interactiveResponseMessage', flowReply],
  ['reactionMessage', () => said('reaction')],
  [
    'pollUpdateMessage',
    ({ vote }) =>
      said('poll', listOf(objectOf(vote).selectedOptions).map(textOf).filter(Boolean).join(', ') || null),
  ],
];

/** Reads a message's content (`data.message`); null where nobody says anything in it. Never throws. */
export function contentOf(message: unknown): EvolutionContent | null {
  const inner = unwrapped(message);
  const conversation = textOf(inner.conversation);
  if (conversation) return { ...said('text', conversation), contextId: contextOf(inner) };
  for (const [name, read] of READERS) {
    const part = inner[name];
    const content = isObject(part) ? read(part) : null;
    if (!content) continue;
    const reactedTo = name === 'reactionMessage' ? idOf(objectOf(objectOf(part).key).id) : null;
    return { ...content, contextId: reactedTo ?? contextOf(objectOf(part)) ?? contextOf(inner) };
  }
  const other = Object.keys(inner).some(
    (name) => name.endsWith('Message') && !SILENT.has(name) && isEntry(name) && isObject(inner[name]),
  );
  return other ? { ...said('other'), contextId: contextOf(inner) } : null;
}

/** An edit or a withdrawal that came as a message: its `protocolMessage`; null for every other message. */
export function protocolOf(message: unknown): JsonObject | null {
  const { protocolMessage } = unwrapped(message);
  return isObject(protocolMessage) ? protocolMessage : null;
}

/**
 * The edit that a message is which holds the new wording itself, under the key of the message reworded; in the shape
 * of a `protocolMessage`. Null for every other message.
 */
export function rewordedIn({ key, message }: JsonObject): JsonObject | null {
  const { message: editedMessage } = objectOf(objectOf(message).editedMessage);
  return isObject(editedMessage) ? { key, editedMessage } : null;
}

/** The id of the message answered, where the members tell it. */
export function contextOf({ contextInfo }: JsonObject): string | null {
  return idOf(objectOf(contextInfo).stanzaId);
}

function unwrapped(message: unknown): JsonObject {
  let inner = objectOf(message);
  // Wrappers nest two or three deep; a hostile body must not make this loop long.
  for (let depth = 0; depth < 6; depth++) {
    const wrapper = WRAPPERS.find((name) => isObject(objectOf(inner[name]).message));
    if (wrapper === undefined) return inner;
    inner = objectOf(objectOf(inner[wrapper]).message);
  }
  return inner;
}

/** Not a wrapper that is empty, and not a text without words: those say nothing. */
function isEntry(name: string): boolean {
  return !WRAPPERS.includes(name) && name !== 'extendedTextMessage';
}

function said(type: EvolutionMessageType, text?: unknown, buttonPayload?: unknown): Said {
  return { type, text: textOf(text) || null, buttonPayload: idOf(buttonPayload) };
}

function flowReply({ body, nativeFlowResponseMessage }: JsonObject): Said {
  let id: unknown = null;
  try {
    id = objectOf(JSON.parse(textOf(objectOf(nativeFlowResponseMessage).paramsJson) ?? '')).id;
  } catch {
    // A form of another kind: its wording is all there is.
  }
  return said('interactive', objectOf(body).text, id);
}
