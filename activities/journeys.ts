import { conversationsSoldBefore } from '../src/db/conversations.ts';
import {
  closeLead,
  conversedSince,
  enterStage,
  readStanding,
  recordConversion,
  type Standing,
} from '../src/db/journeys.ts';
import { addEvent, readLead } from '../src/db/steps.ts';
import type { Outcome } from '../src/domain/lead.ts';
import { qualifiedValues } from '../src/domain/settings.ts';
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
export type Verdict =
  | 'converted'
  | 'opted_out'
  /** Not qualified, or its consultant wants no rework. */
  | 'not_converted'
  /** A label asks to put it off. */
  | 'labelled'
  /** The conversation is still going on, and the tenant puts the rework off for that. */
  | 'active'
  | 'rework';

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
     * Asks the database, and then Chatwoot, whether the lead converted; and whether it is still to be reworked.
     * Who asks for the rework by hand wants it now, whatever would put it off.
     */
    checkConversion: (
      of: StepOf & { byHand: boolean },
    ): Promise<{ verdict: Verdict; contactMissing: boolean; messagesPerSecond: number }> =>
      failSafely(deps, of, async () => {
        const settings = await deps.settingsOf(of.tenantId);
        const [lead, standing, active, sold] = await database.together(of.tenantId, (rows) =>
          Promise.all([
            readLead(rows, of.leadId),
            readStanding(rows, of.leadId),
            conversedSince(rows, of.leadId, ACTIVE_HOURS),
            conversationsSoldBefore(rows, of.leadId),
          ]),
        );
        const { messagesPerSecond } = standing;
        const known = overAs(standing);
        if (known === 'opted_out' || known === 'converted') {
          return { verdict: known, contactMissing: false, messagesPerSecond };
        }
        const chatwoot = await deps.connections.chatwoot(of.tenantId, lead.chatwootConnectionId);
        const contact = lead.contactId === null ? null : await getContact(chatwoot, lead.contactId);
        const conversations = contact ? await listContactConversations(chatwoot, contact.id) : [];
        const labelled = (label: string) => conversations.some(({ labels }) => labels.includes(label));
        const putsOff = !of.byHand && settings.rework.deferWhenActive;
        const verdict = verdictOf({
          converted: conversations.some(
            ({ id, labels }) => labels.includes(settings.convertedLabel) && !sold.includes(id),
          ),
          qualified: qualifiedValues(settings).includes(lead.statusValue),
          unwanted: labelled(settings.noReworkLabel),
          postponed: !of.byHand && labelled(settings.postponeLabel),
          active: putsOff && active,
        });
        await database.tenant(of.tenantId, async (rows) => {
          if (verdict === 'converted') {
            await recordConversion(rows, [of.leadId], 'chatwoot_check');
            return;
          }
          const detail = {
            verdict,
            ...(labelled(settings.noReworkLabel) ? { label: settings.noReworkLabel } : {}),
          };
          await addEvent(rows, of.leadId, { stage: 'rework', kind: 'checked', detail });
          if (verdict === 'rework') await enterStage(rows, of.leadId, 'rework');
        });
        return { verdict, contactMissing: contact === null, messagesPerSecond };
      }),

    /** Closes the lead unless a referral has come in since; returns its outcome, or null where one has. */
    closeLead: (of: LeadOf & { outcome: Outcome; referralCount: number }): Promise<Outcome | null> =>
      failSafely(deps, of, () =>
        database.tenant(of.tenantId, (rows) => closeLead(rows, of.leadId, of.outcome, of.referralCount)),
      ),

    /** The journey was cancelled: closes the lead, as opted out where it was for that, unless another goes on for it. */
    closeCancelled: (of: LeadOf): Promise<{ optedOut: boolean; merged?: boolean; referralId: string }> =>
      failSafely(deps, of, () =>
        database.tenant(of.tenantId, async (rows) => {
          const { outcome, optedOut, referralId } = await readStanding(rows, of.leadId);
          if (outcome === 'merged') return { optedOut, merged: true, referralId };
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

/** A conversation that was going on so many hours ago is still going on. */
const ACTIVE_HOURS = 24;

function verdictOf(found: {
  converted: boolean;
  qualified: boolean;
  unwanted: boolean;
  postponed: boolean;
  active: boolean;
}): Exclude<Verdict, 'opted_out'> {
  if (found.converted) return 'converted';
  if (!found.qualified || found.unwanted) return 'not_converted';
  if (found.postponed) return 'labelled';
  return found.active ? 'active' : 'rework';
}
