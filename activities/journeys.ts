import {
  closeLead,
  enterStage,
  leftLaterThan,
  planWake,
  readStanding,
  recordConversion,
  type Standing,
  wakeStepOf,
} from '../src/db/journeys.ts';
import { addEvent, finishStep, lookAtStep, readLead } from '../src/db/steps.ts';
import type { Outcome } from '../src/domain/lead.ts';
import { getContact, listContactConversations } from '../src/providers/chatwoot/client.ts';
import type { Dependencies, StepOf } from './dependencies.ts';
import { failSafely } from './failures.ts';

/** A lead as its workflow turns to its newest referral, in ids and codes. */
export type Chapter = {
  /** The lead is closed already. */
  outcome: Outcome | null;
  /** The lead is to be closed at once: the person has opted out, or has converted. */
  over: Outcome | null;
  referralId: string;
  referralCount: number;
  consultantId: string | null;
  channelId: string;
  messagesPerSecond: number;
  unknownGraceSeconds: number;
  followReworkDays: number;
};

/** What is known of a lead on the morning of its rework. */
export type Verdict = 'converted' | 'opted_out' | 'not_qualified' | 'rework';

type LeadOf = { tenantId: string; leadId: string };

/** Steps that decide how the journey goes on. */
export function journeyActivities(deps: Dependencies) {
  const { database } = deps;
  return {
    /** Turns to the lead's newest referral. */
    openChapter: (of: LeadOf): Promise<Chapter> =>
      failSafely(deps, of, async () => {
        const settings = await deps.settingsOf(of.tenantId);
        const standing = await database.together(of.tenantId, (rows) => readStanding(rows, of.leadId));
        if (standing.stage !== 'main' && !standing.outcome && !standing.wakePlanned) {
          await database.together(of.tenantId, (rows) => enterStage(rows, of.leadId, 'main'));
        }
        return {
          outcome: standing.outcome,
          over: overAs(standing),
          referralId: standing.referralId,
          referralCount: standing.referralCount,
          consultantId: standing.consultantId,
          channelId: standing.channelId,
          messagesPerSecond: standing.messagesPerSecond,
          unknownGraceSeconds: settings.unknownGraceSeconds,
          followReworkDays: settings.followReworkDays,
        };
      }),

    /**
     * Decides when the lead wakes, writes it down, and returns it (milliseconds). Decided once for each referral:
     * a setting changed later moves only new ones. It counts from the day of the referral, or from the day the
     * first message left where that was more than an hour later.
     */
    planWake: (of: StepOf): Promise<number> =>
      failSafely(deps, of, async () => {
        const step = { kind: 'plan_wake', key: wakeStepOf(of.referralId), ...of };
        const [{ lead, done }, leftLater] = await database.together(of.tenantId, (rows) =>
          Promise.all([lookAtStep(rows, of.leadId, step), leftLaterThan(rows, of.referralId, '1 hour')]),
        );
        if (done) return Date.parse(String(done.wakeAt));
        const { zone, rework } = await deps.settingsOf(of.tenantId);
        const wakeAt = deps.wakeAt(leftLater ?? lead.referredAt, { zone, ...rework });
        await database.together(of.tenantId, (rows) =>
          Promise.all([
            planWake(rows, of.leadId, wakeAt),
            finishStep(rows, of.leadId, { ...step, kind: 'asleep' }, { wakeAt: wakeAt.toISOString() }),
          ]),
        );
        return wakeAt.getTime();
      }),

    /** Asks the database, and then Chatwoot, whether the lead converted; and whether it is still to be reworked. */
    checkConversion: (of: StepOf): Promise<{ verdict: Verdict; contactMissing: boolean }> =>
      failSafely(deps, of, async () => {
        const settings = await deps.settingsOf(of.tenantId);
        const [lead, standing] = await database.together(of.tenantId, (rows) =>
          Promise.all([readLead(rows, of.leadId), readStanding(rows, of.leadId)]),
        );
        const known = overAs(standing);
        if (known === 'opted_out' || known === 'converted') return { verdict: known, contactMissing: false };

        const chatwoot = await deps.connections.chatwoot(of.tenantId, lead.chatwootConnectionId);
        const contact = lead.contactId === null ? null : await getContact(chatwoot, lead.contactId);
        const conversations = contact ? await listContactConversations(chatwoot, contact.id) : [];
        const converted = conversations.some(({ labels }) => labels.includes(settings.convertedLabel));
        if (converted) {
          await database.tenant(of.tenantId, (rows) => recordConversion(rows, [of.leadId], 'chatwoot_check'));
          return { verdict: 'converted', contactMissing: false };
        }
        const qualified = settings.referralStatuses.some((s) => s.qualified && s.value === lead.statusValue);
        const verdict = qualified ? 'rework' : 'not_qualified';
        await database.tenant(of.tenantId, async (rows) => {
          await addEvent(rows, of.leadId, { stage: 'rework', kind: 'checked', detail: { verdict } });
          if (qualified) await enterStage(rows, of.leadId, 'rework');
        });
        return { verdict, contactMissing: contact === null };
      }),

    /** Closes the lead unless a referral has come in since; returns its outcome, or null where one has. */
    closeLead: (of: LeadOf & { outcome: Outcome; referralCount: number }): Promise<Outcome | null> =>
      failSafely(deps, of, () =>
        database.tenant(of.tenantId, (rows) => closeLead(rows, of.leadId, of.outcome, of.referralCount)),
      ),

    /** The journey was cancelled: closes the lead, as opted out where it was for that. */
    closeCancelled: (of: LeadOf): Promise<{ optedOut: boolean; referralId: string }> =>
      failSafely(deps, of, () =>
        database.tenant(of.tenantId, async (rows) => {
          const { optedOut, referralId } = await readStanding(rows, of.leadId);
          if (!optedOut) await addEvent(rows, of.leadId, { stage: 'main', kind: 'cancelled' });
          await closeLead(rows, of.leadId, optedOut ? 'opted_out' : 'not_converted', null);
          return { optedOut, referralId };
        }),
      ),
  };
}

function overAs(standing: Standing): Outcome | null {
  if (standing.optedOut) return 'opted_out';
  return standing.converted ? 'converted' : null;
}
