import { leftLaterThan, planWake, wakeStepOf } from '../src/db/journeys.ts';
import { finishStep, lookAtStep } from '../src/db/steps.ts';
import { formatWake } from '../src/domain/business-calendar.ts';
import { qualifiedValues } from '../src/domain/settings.ts';
import { listContactConversations, removeLabels } from '../src/providers/chatwoot/client.ts';
import type { Dependencies, StepOf } from './dependencies.ts';
import { failSafely } from './failures.ts';
import { leaveNote } from './notes.ts';
import { onceActivity } from './steps.ts';

/** When a lead wakes, and when its consultant is told of it (milliseconds); the former on the tenant's clocks too. */
export type WakePlan = { wakeAt: number; noticeAt: number | null; told: string };

const DAY = 86_400_000;

/** How many days the label puts the rework off, and a conversation that is still going on. */
const POSTPONED_DAYS = { label: 7, active: 1 };

/** Steps that decide when the journey goes on. */
export function wakingActivities(deps: Dependencies) {
  const { database } = deps;

  function planOf(wakeAt: Date, zone: string): WakePlan {
    const eve = wakeAt.getTime() - DAY;
    return {
      wakeAt: wakeAt.getTime(),
      noticeAt: eve > Date.now() ? eve : null,
      told: `${formatWake(wakeAt, zone)} (${zone})`,
    };
  }

  return {
    /**
     * Decides when the lead wakes and writes it down. Decided once for each referral: a setting changed later
     * moves only new ones. It counts from the day of the referral, or from the day the first message left where
     * that was more than an hour later.
     */
    planWake: (of: StepOf): Promise<WakePlan> =>
      failSafely(deps, of, async () => {
        const step = { kind: 'plan_wake', key: wakeStepOf(of.referralId), ...of };
        const [{ lead, done }, leftLater] = await database.together(of.tenantId, (rows) =>
          Promise.all([lookAtStep(rows, of.leadId, step), leftLaterThan(rows, of.referralId, '1 hour')]),
        );
        const { zone, rework } = await deps.settingsOf(of.tenantId);
        // It may have been put off since.
        if (done) return planOf(lead.wakeAt ?? new Date(String(done.wakeAt)), zone);
        const wakeAt = deps.wakeAt(leftLater ?? lead.referredAt, { zone, ...rework });
        await database.together(of.tenantId, (rows) =>
          Promise.all([
            planWake(rows, of.leadId, wakeAt),
            finishStep(rows, of.leadId, { ...step, kind: 'asleep' }, { wakeAt: wakeAt.toISOString() }),
          ]),
        );
        return planOf(wakeAt, zone);
      }),

    /** The day before: a note in the conversation says what is to come, and how to prevent it. */
    announceRework: onceActivity(deps, 'announce_rework', async (hand, of) => {
      const settings = await deps.settingsOf(of.tenantId);
      const { lead } = hand;
      const qualified = qualifiedValues(settings).includes(lead.statusValue);
      if (!qualified || lead.wakeAt === null) return { kind: 'rework_not_due', result: {} };
      await leaveNote(
        hand,
        `O retrabalho deste lead está marcado para ${formatWake(lead.wakeAt, settings.zone)}: sem conversão até ` +
          `lá, o Lead Flow envia o segundo template. Para adiar sete dias, use a etiqueta ` +
          `${settings.postponeLabel}; para não retrabalhar, ${settings.noReworkLabel}.`,
      );
      return { kind: 'rework_announced', result: {} };
    }),

    /**
     * Puts the rework off, once for each round: by a week for the label, which is then taken off so that it can
     * be set again; by a day where the conversation is still going on, of which the consultant is reminded. Null
     * where no conversation has the label.
     */
    postponeRework: (
      of: StepOf & { round: number; why: keyof typeof POSTPONED_DAYS },
    ): Promise<WakePlan | null> =>
      failSafely(deps, of, async () => {
        const { zone, rework, postponeLabel } = await deps.settingsOf(of.tenantId);
        const key = `postpone_rework:${of.referralId}:${of.round}`;
        const step = { kind: 'rework_postponed', key, stage: of.stage, referralId: of.referralId };
        const { lead, done } = await database.together(of.tenantId, (rows) =>
          lookAtStep(rows, of.leadId, step),
        );
        const chatwoot = await deps.connections.chatwoot(of.tenantId, lead.chatwootConnectionId);
        const labelled =
          of.why === 'active' || lead.contactId === null
            ? []
            : (await listContactConversations(chatwoot, lead.contactId)).filter(({ labels }) =>
                labels.includes(postponeLabel),
              );
        if (!done && of.why === 'label' && labelled.length === 0) return null;
        const days = POSTPONED_DAYS[of.why];
        const from = of.why === 'label' && lead.wakeAt ? lead.wakeAt : new Date();
        const wakeAt = done ? new Date(String(done.wakeAt)) : deps.wakeAt(from, { zone, ...rework, days });
        if (!done) {
          await database.together(of.tenantId, (rows) =>
            Promise.all([
              planWake(rows, of.leadId, wakeAt),
              finishStep(rows, of.leadId, step, { wakeAt: wakeAt.toISOString(), why: of.why }),
            ]),
          );
        }
        const reason =
          of.why === 'label'
            ? `pela etiqueta ${postponeLabel}`
            : 'porque houve conversa nas últimas 24 horas. Retome o contato enquanto ela está viva';
        const note = `O retrabalho foi adiado para ${formatWake(wakeAt, zone)} ${reason}.`;
        await leaveNote({ lead, chatwoot, repeated: done !== null, key }, note);
        for (const conversation of labelled) await removeLabels(chatwoot, conversation.id, [postponeLabel]);
        return planOf(wakeAt, zone);
      }),
  };
}
