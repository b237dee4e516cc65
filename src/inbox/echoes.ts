import { noteAgentWrote, openLeadsOf, settleTalk } from '../db/conversations.ts';
import { identitiesOf } from '../db/identities.ts';
import { recognise } from '../db/people.ts';
import type { EchoPayload } from '../domain/whatsapp-webhook.ts';
import type { ApplyContext } from './context.ts';

/** Somebody of the business wrote to a person on the phone that shares the number: as an agent in Chatwoot would. */
export async function applyEcho(context: ApplyContext, echo: EchoPayload): Promise<string> {
  const { rows, sealing, settings } = context;
  const [own] = await rows.query('select from message where wamid = $1', [echo.wamid]);
  if (own) return 'kept';
  const identities = identitiesOf(sealing, rows.tenantId, { waId: echo.waId, bsuid: echo.userId });
  const { personId } = await recognise(rows, { identities, at: echo.at });
  if (!personId) return 'no_lead';
  await settleTalk(rows, personId, echo.at);
  const open = await openLeadsOf(rows, personId);
  if (open.length === 0) return 'no_lead';
  await noteAgentWrote(rows, open, { at: echo.at, agentId: null, zone: settings.zone });
  return 'agent_wrote';
}
