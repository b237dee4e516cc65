import { identitiesOf } from '../src/db/identities.ts';
import { noteIdentities } from '../src/db/names.ts';
import {
  addEvent,
  beginStep,
  finishStep,
  type LeadInHand,
  lookAtStep,
  type StepFindings,
  type StepResult,
} from '../src/db/steps.ts';
import type { ChatwootConnection } from '../src/providers/chatwoot/client.ts';
import type { Dependencies, StepOf } from './dependencies.ts';
import { failSafely } from './failures.ts';

/** What a step left behind: its result for the workflow, and what it found out about the lead. */
export type Done<Result extends StepResult> = {
  /** How the timeline names what was done. */
  kind: string;
  result: Result;
  /** What else was done, for the timeline. */
  besides?: string;
} & StepFindings;

/** What a step has in hand: the lead, Chatwoot, and whether an earlier run may have done it already. */
export type InHand = { lead: LeadInHand; chatwoot: ChatwootConnection; repeated: boolean; key: string };

type Perform<Result extends StepResult> = (hand: InHand, of: StepOf) => Promise<Done<Result>>;

/**
 * Makes an activity out of a step that must not be done twice: its ledger entry is opened before and finished
 * after it. A step found finished is not done again; one found begun is told so, and looks first.
 */
export function onceActivity<Result extends StepResult>(
  deps: Dependencies,
  name: string,
  perform: Perform<Result>,
): (of: StepOf) => Promise<Result> {
  return ledgerActivity(deps, name, beginStep, perform);
}

/** Makes an activity out of a step that does no harm when done twice: only its end is written down. */
export function stepActivity<Result extends StepResult>(
  deps: Dependencies,
  name: string,
  perform: Perform<Result>,
): (of: StepOf) => Promise<Result> {
  const look = async (...arguments_: Parameters<typeof lookAtStep>) => ({
    ...(await lookAtStep(...arguments_)),
    repeated: false,
  });
  return ledgerActivity(deps, name, look, perform);
}

function ledgerActivity<Result extends StepResult>(
  deps: Dependencies,
  name: string,
  begin: typeof beginStep,
  perform: Perform<Result>,
): (of: StepOf) => Promise<Result> {
  return (of) =>
    failSafely(deps, of, async () => {
      const { database, sealing, connections } = deps;
      const round = of.round ? `:${of.round}` : '';
      const key = `${name}:${of.referralId}:${of.stage}${round}`;
      const step = { kind: name, key, stage: of.stage, referralId: of.referralId };
      const { lead, done, repeated } = await database.together(of.tenantId, (rows) =>
        begin(rows, of.leadId, step),
      );
      if (done) return done as Result;
      const chatwoot = await connections.chatwoot(of.tenantId, lead.chatwootConnectionId);
      const { kind, result, besides, ...found } = await perform({ lead, chatwoot, repeated, key }, of);
      const { contactId } = found;
      const { personId } = lead;
      const identities = identitiesOf(sealing, of.tenantId, { chatwootContact: contactId ?? null });
      // A contact that is known as somebody else's tells nothing: Chatwoot may give an id again, or two have one.
      await database.together(of.tenantId, (rows) =>
        Promise.all([
          contactId === undefined || noteIdentities(rows.query, personId, identities),
          finishStep(rows, of.leadId, { ...step, kind }, result, found),
          besides && addEvent(rows, of.leadId, { stage: of.stage, kind: besides }),
        ]),
      );
      return result;
    });
}
