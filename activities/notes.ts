import { OWN_MESSAGE_MARK, ownSourceId } from '../src/domain/chatwoot-marks.ts';
import { listMessages, postMessage } from '../src/providers/chatwoot/client.ts';
import type { InHand } from './steps.ts';

/**
 * Leaves a private note in the lead's conversation, once for each key: where an earlier run may have left it, it is
 * looked for first. A public message would reach the person.
 */
export async function leaveNote({ lead, chatwoot, repeated, key }: InHand, content: string): Promise<void> {
  if (lead.conversationId === null) return;
  if (repeated) {
    const notes = await listMessages(chatwoot, lead.conversationId);
    if (notes.some((note) => note.sourceId === ownSourceId(key) || note.content === content)) return;
  }
  await postMessage(chatwoot, lead.conversationId, {
    content,
    private: true,
    contentAttributes: { [OWN_MESSAGE_MARK]: key },
    sourceId: ownSourceId(key),
  });
}
