import { idOf, type JsonObject, objectOf, textOf } from './loose-json.ts';

/** The message that this one answers, reacts to, edits or takes back. */
export function contextOf(message: JsonObject): string | null {
  return (
    idOf(objectOf(message.context).id) ??
    idOf(objectOf(message.reaction).message_id) ??
    idOf(objectOf(message.edit).original_message_id) ??
    idOf(objectOf(message.revoke).original_message_id)
  );
}

/** What a person said with a message, and the payload of the button or list entry they chose. */
export function saidIn(message: JsonObject): { text: string | null; buttonPayload: string | null } {
  const kind = textOf(message.type) ?? '';
  const content = objectOf(Object.hasOwn(message, kind) ? message[kind] : undefined);
  switch (kind) {
    case 'text':
      return { text: textOf(content.body), buttonPayload: null };
    case 'button':
      return { text: textOf(content.text), buttonPayload: textOf(content.payload) };
    case 'interactive': {
      const chosen = objectOf(content.button_reply ?? content.list_reply);
      return { text: textOf(chosen.title), buttonPayload: textOf(chosen.id) };
    }
    case 'reaction':
      return { text: textOf(content.emoji), buttonPayload: null };
    case 'edit': {
      const edited = objectOf(content.message);
      return edited.type === 'edit' ? { text: null, buttonPayload: null } : saidIn(edited);
    }
    default:
      return { text: textOf(content.caption), buttonPayload: null };
  }
}
