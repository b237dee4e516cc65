import {
  type Agent,
  type ChatwootConnection,
  ChatwootError,
  type Inbox,
  listAgents,
  listInboxes,
  listTeams,
  listWebhooks,
  type Team,
  type Webhook,
} from '../providers/chatwoot/client.ts';

/**
 * Why an account of Chatwoot could not be asked. `unreachable` may pass by itself, the others never do; `status` is
 * null where no answer came, `message` holds codes only.
 */
export type ChatwootFault = {
  fault: 'unauthorized' | 'unknown_account' | 'refused' | 'unreachable';
  status: number | null;
  message: string;
};

/** What is in an account; `webhooks` is null where the token may not see them. */
export type ChatwootAccount = {
  fault: null;
  inboxes: Inbox[];
  teams: Team[];
  agents: Agent[];
  webhooks: Webhook[] | null;
};

/** Asks an account of Chatwoot what is in it, each once; changes nothing there. */
export async function tryChatwoot(connection: ChatwootConnection): Promise<ChatwootAccount | ChatwootFault> {
  try {
    const [inboxes, teams, agents, webhooks] = await Promise.all([
      listInboxes(connection),
      listTeams(connection),
      listAgents(connection),
      listWebhooks(connection).catch(nothingSeen),
    ]);
    return { fault: null, inboxes, teams, agents, webhooks };
  } catch (error) {
    return faultOf(error);
  }
}

/** What an error of Chatwoot says of the account. Anything else is thrown on. */
export function faultOf(error: unknown): ChatwootFault {
  if (!(error instanceof ChatwootError)) throw error;
  const { kind, status, message } = error;
  switch (kind) {
    case 'unauthorized':
      return { fault: 'unauthorized', status, message };
    case 'not_found':
      return { fault: 'unknown_account', status, message };
    case 'refused':
    case 'taken':
      return { fault: 'refused', status, message };
    default:
      return { fault: 'unreachable', status, message };
  }
}

function nothingSeen(error: unknown): null {
  if (error instanceof ChatwootError) return null;
  throw error;
}
