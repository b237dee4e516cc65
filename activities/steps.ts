import { addIdentities, identitiesOf } from '../src/db/identities.ts';
import { beginStep, finishStep, type LeadInHand, type StepResult } from '../src/db/steps.ts';
import type { ChatwootConnection } from '../src/providers/chatwoot/client.ts';
import type { Dependencies, StepOf } from './dependencies.ts';
import { failSafely } from './failures.ts';

/** What a step left behind: its result for the workflow, and what it found out about the lead. */
export type Done<Result extends StepResult> = {
  /** How the timeline names what was done. */
  kind: string;
  result: Result;
  contactId?: number;
  conversationId?: number;
  /** The lead's present consultant now has the conversation. */
  assigned?: boolean;
};

/** What a step has in hand: the lead, Chatwoot, and whether an earlier run may have done it already. */
export type InHand = { lead: LeadInHand; chatwoot: ChatwootConnection; repeated: boolean; key: string };

/**
 * Makes an activity out of a step that is done once: its ledger entry is opened before and finished after it.
 * A step found finished is not done again; one found begun is told so, and looks first.
 */
export function stepActivity<Result extends StepResult>(
  deps: Dependencies,
  name: string,
  perform: (hand: InHand, of: StepOf) => Promise<Done<Result>>,
): (of: StepOf) => Promise<Result> {
  return (of) =>
    failSafely(deps, of, async () => {
      const { database, sealing, connections } = deps;
      const key = `${name}:${of.referralId}:${of.stage}`;
      const { lead, done, repeated } = await database.tenant(of.tenantId, (rows) =>
        beginStep(rows, of.leadId, { kind: name, key, stage: of.stage, referralId: of.referralId }),
      );
      if (done) return done as Result;
      const chatwoot = await connections.chatwoot(of.tenantId, lead.chatwootConnectionId);
      const { kind, result, ...found } = await perform({ lead, chatwoot, repeated, key }, of);
      await database.tenant(of.tenantId, async (rows) => {
        await Promise.all([
          finishStep(rows, of.leadId, { kind, key }, result, found),
          found.contactId &&
            addIdentities(
              rows.query,
              lead.personId,
              identitiesOf(sealing, of.tenantId, { chatwootContact: found.contactId }),
            ),
        ]);
      });
      return result;
    });
}
