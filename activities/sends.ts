import { ApplicationFailure } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { identitiesOf } from '../src/db/identities.ts';
import { recordOptOut } from '../src/db/journeys.ts';
import { noteIdentities } from '../src/db/names.ts';
import { recognise } from '../src/db/people.ts';
import {
  attemptAccepted,
  attemptRefused,
  attemptUnanswered,
  type Gate,
  holdLead,
  type OutgoingMessage,
  openGate,
  pauseChannel,
  type Refusal,
  releaseLead,
  type Settlement,
  settleAttempt,
  stopTemplate,
} from '../src/db/sends.ts';
import { addEvent, askForAttention } from '../src/db/steps.ts';
import { formatWake, quietUntil } from '../src/domain/business-calendar.ts';
import { buttonPayload } from '../src/domain/button.ts';
import type { Hold } from '../src/domain/lead.ts';
import { qualifiedValues } from '../src/domain/settings.ts';
import { mayTryAgain } from '../src/domain/whatsapp-errors.ts';
import { sendTemplate } from '../src/providers/whatsapp/client.ts';
import { WhatsAppError } from '../src/providers/whatsapp/errors.ts';
import type { Dependencies, StepOf } from './dependencies.ts';
import { failSafely } from './failures.ts';

/** How one send ended, in codes. */
export type Sent =
  | { state: 'accepted'; attemptId: string; otherWaId: boolean }
  /** The call was begun and nobody knows how it ended: it is settled, never repeated. */
  | { state: 'unknown'; attemptId: string }
  /** It waits: on the tenant's clocks until `until`, or (null) until somebody lifts what holds it. */
  | { state: 'held'; reason: Hold; until: string | null }
  /** WhatsApp turned it down for good. */
  | { state: 'turned_down'; attemptId: string; errorClass: string }
  /** The gate did not open. */
  | { state: 'refused'; reason: Refusal };

/** A process that stood still for longer between gate and call does not call: others may have given it up. */
const FRESH_MS = 5_000;

/** How long a send that is held waits before it asks again, in milliseconds, plus jitter. */
const HOLD_MS = 60_000;
const LONGEST_HOLD_MS = 300_000;
const HOLD_JITTER_MS = 10_000;

/** The one step that reaches the person, and the settling of sends of which nobody knows whether they left. */
export function sendActivities(deps: Dependencies) {
  const { database } = deps;

  /** The gate, the call once, and its answer written down. */
  async function send(of: StepOf & { patient: boolean }): Promise<Sent> {
    const settings = await deps.settingsOf(of.tenantId);
    const askedAt = Date.now();
    const gate = await database.tenant(of.tenantId, (rows) =>
      openGate(rows, of, {
        qualified: qualifiedValues(settings),
        resendAfterHours: settings.resendAfterHours,
        weeklyMessages: settings.weeklyMessages,
        quietUntil: quietUntil(new Date(), settings.zone, settings.quietHours),
      }),
    );
    switch (gate.kind) {
      case 'accepted':
        return { state: 'accepted', attemptId: gate.attemptId, otherWaId: false };
      case 'unknown':
        await database.tenant(of.tenantId, (rows) =>
          addEvent(rows, of.leadId, { stage: of.stage, kind: 'send_unknown' }),
        );
        return { state: 'unknown', attemptId: gate.attemptId };
      case 'turned_down':
        return { state: 'turned_down', attemptId: gate.attemptId, errorClass: gate.errorClass };
      case 'refused':
        await database.together(of.tenantId, (rows) =>
          Promise.all([
            releaseLead(rows, of.leadId),
            addEvent(rows, of.leadId, {
              stage: of.stage,
              kind: 'send_skipped',
              detail: { reason: gate.reason },
            }),
          ]),
        );
        return { state: 'refused', reason: gate.reason };
      case 'hold':
        await database.tenant(of.tenantId, async (rows) => {
          await holdLead(rows, of.leadId, gate);
          if (of.patient) return;
          const detail = { reason: gate.reason, until: gate.until };
          await addEvent(rows, of.leadId, { stage: of.stage, kind: 'send_held', detail });
        });
        if (!of.patient) {
          const until = gate.until && formatWake(gate.until, settings.zone);
          return { state: 'held', reason: gate.reason, until };
        }
        throw ApplicationFailure.create({
          category: ApplicationFailureCategory.BENIGN,
          type: 'Held',
          message: gate.reason,
          nextRetryDelay: holdFor(gate.until) + Math.random() * HOLD_JITTER_MS,
        });
      case 'go':
        return call(of, gate, askedAt);
    }
  }

  async function call(of: StepOf, gate: Gate & { kind: 'go' }, askedAt: number): Promise<Sent> {
    const { attemptId, message } = gate;
    try {
      const connection = await connectionFor(of, message);
      if (Date.now() - askedAt > FRESH_MS) throw new WhatsAppError({ class: 'not_sent', reason: 'stale' });
      const answer = await sendTemplate(connection, {
        to: message.waId ?? message.phone.slice(1),
        template: message.template,
        language: message.language,
        bodyParameters: [firstName(message.name)],
        buttonPayloads: message.buttons.map((meaning) => buttonPayload(meaning, of.leadId)),
        attemptId,
      });
      const held = answer.messageStatus !== 'accepted';
      const otherWaId = answer.waId !== null && answer.waId !== message.phone.slice(1);
      const { personId } = message;
      const identities = identitiesOf(deps.sealing, of.tenantId, { waId: answer.waId });
      const [known] = await database.together(of.tenantId, (rows) =>
        Promise.all([
          answer.waId === null || noteIdentities(rows.query, personId, identities),
          attemptAccepted(rows, attemptId, answer.wamid, held),
          addEvent(rows, of.leadId, {
            stage: of.stage,
            kind: held ? 'template_held' : 'template_sent',
            detail: { try: gate.try, ...(held ? { as: answer.messageStatus } : {}) },
          }),
        ]),
      );
      if (!known) await database.tenant(of.tenantId, (rows) => recognise(rows, { identities, personId }));
      return { state: 'accepted', attemptId, otherWaId };
    } catch (error) {
      if (!(error instanceof WhatsAppError)) throw error;
      if (error.class === 'ambiguous') {
        await database.together(of.tenantId, (rows) =>
          Promise.all([
            attemptUnanswered(rows, attemptId),
            addEvent(rows, of.leadId, { stage: of.stage, kind: 'send_unknown' }),
          ]),
        );
        return { state: 'unknown', attemptId };
      }
      return refuse(of, gate, error);
    }
  }

  /** Where the connection cannot be opened, nothing has left yet: the attempt is given up, and tried again. */
  async function connectionFor(of: StepOf, message: OutgoingMessage) {
    try {
      return await deps.connections.whatsapp(of.tenantId, message.channelId);
    } catch (error) {
      throw new WhatsAppError({ class: 'not_sent', reason: (error as Error).name });
    }
  }

  /** WhatsApp said no, or the call never left: written down, then tried again or not, by the class of the answer. */
  async function refuse(of: StepOf, gate: Gate & { kind: 'go' }, error: WhatsAppError): Promise<Sent> {
    const { attemptId, message } = gate;
    const again = mayTryAgain(error.class);
    await database.tenant(of.tenantId, async (rows) => {
      await attemptRefused(rows, attemptId, { class: error.class, code: error.code, text: error.details });
      if (error.class === 'channel_stop') await pauseChannel(rows, message.channelId, error.message);
      if (error.class === 'template_stop') await stopTemplate(rows, { ...message, reason: error.message });
      if (error.class === 'opted_out') {
        const identities = identitiesOf(deps.sealing, of.tenantId, { phone: message.phone });
        await recordOptOut(rows, { identities, personId: message.personId, source: 'whatsapp_131050' });
      }
      if (!again) {
        await addEvent(rows, of.leadId, {
          stage: of.stage,
          kind: 'send_failed',
          detail: { class: error.class, code: error.code },
        });
        if (error.class !== 'opted_out') await askForAttention(rows, of.leadId, 'send_failed');
      }
    });
    if (!again) return { state: 'turned_down', attemptId, errorClass: error.class };
    throw ApplicationFailure.create({
      type: 'WhatsAppNotNow',
      message: error.message,
      ...(error.retryAfterMs === null ? {} : { nextRetryDelay: error.retryAfterMs }),
    });
  }

  return {
    /** Sends the stage's template. What is held is told at once, or, where the caller is patient, waited for. */
    sendTemplate: (of: StepOf & { patient: boolean }): Promise<Sent> => failSafely(deps, of, () => send(of)),

    /** What became of a send of which nobody knew; while it stays so, a person is asked for. */
    settleSend: (of: StepOf & { attemptId: string }): Promise<Settlement> =>
      failSafely(deps, of, async () => {
        const { unknownGraceSeconds } = await deps.settingsOf(of.tenantId);
        return database.tenant(of.tenantId, async (rows) => {
          const settlement = await settleAttempt(rows, of.attemptId, unknownGraceSeconds);
          if (settlement === 'undecided') {
            await askForAttention(rows, of.leadId, 'send_unknown');
          } else {
            await addEvent(rows, of.leadId, {
              stage: of.stage,
              kind: 'send_settled',
              detail: { as: settlement },
            });
            await rows.query(
              `update lead set attention = null where id = $1 and attention = 'send_unknown'`,
              [of.leadId],
            );
          }
          return settlement;
        });
      }),
  };
}

/** A hold may be lifted before its time: a setting changes. */
function holdFor(until: Date | null): number {
  if (until === null) return HOLD_MS;
  return Math.min(Math.max(until.getTime() - Date.now(), 1_000), LONGEST_HOLD_MS);
}

const firstName = (name: string) => name.trim().split(/\s+/)[0] ?? name;
