import { getPhoneNumber, type PhoneNumber, type WhatsAppConnection } from '../providers/whatsapp/client.ts';
import { WhatsAppError } from '../providers/whatsapp/errors.ts';

/**
 * Why WhatsApp did not tell what it was asked. `unreachable` may pass by itself, the others never do. `how` names
 * code and HTTP status, `said` are Meta's words, `message` holds codes only.
 */
export type WhatsAppFault = {
  fault: 'token_refused' | 'right_missing' | 'unknown_id' | 'refused' | 'unreachable';
  how: string;
  said: string;
  message: string;
};

/** Asks WhatsApp for a number, once. */
export async function tryNumber(
  connection: WhatsAppConnection,
): Promise<{ fault: null; number: PhoneNumber } | WhatsAppFault> {
  try {
    return { fault: null, number: await getPhoneNumber(connection) };
  } catch (error) {
    return faultOf(error);
  }
}

/** What an error of WhatsApp says of the token, or of the id that was asked for. Anything else is thrown on. */
export function faultOf(error: unknown): WhatsAppFault {
  if (!(error instanceof WhatsAppError)) throw error;
  const { code, status, details: said, message } = error;
  const how = [code !== null && `code ${code}`, status !== null && `HTTP ${status}`]
    .filter(Boolean)
    .join(', ');
  return { fault: kindOf(error), how, said, message };
}

function kindOf({ code, status, class: errorClass }: WhatsAppError): WhatsAppFault['fault'] {
  if (code === 190 || status === 401) return 'token_refused';
  if (code === 10 || (code !== null && code >= 200 && code < 300) || status === 403) return 'right_missing';
  if (code === 100 || status === 404) return 'unknown_id';
  return ['retry', 'not_sent', 'ambiguous'].includes(errorClass) ? 'unreachable' : 'refused';
}
