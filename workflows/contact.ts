import { isCancellation, patched, workflowInfo } from '@temporalio/workflow';
import type { Chapter, StepOf } from '../activities/index.ts';
import type { Hold, Outcome } from '../src/domain/lead.ts';
import { heldUntilOver } from './hold.ts';
import type { Journey } from './journey.ts';
import { enter, say } from './standing.ts';
import { isRefusal, sendOn, steps } from './steps.ts';

/**
 * First contact: the person's contact and conversation in Chatwoot, then the template. A, nobody in Chatwoot
 * knows the person: the new conversation is the consultant's from its beginning and carries the referral's note.
 * Returns the outcome where the person cannot or may not be written to.
 */
export async function contactPerson(journey: Journey, chapter: Chapter): Promise<Outcome | null> {
  const of: StepOf = { ...journey.lead, referralId: chapter.referralId, stage: 'main' };
  enter(journey, 'main', 'Primeiro contato');
  await unlessRefused(async () => {
    const { known } = await steps.findOrCreateContact(of);
    if (known) await takeUpKnownContact(of);
    else await steps.createConversation(of);
  });
  return send(journey, chapter, 'main');
}

/** B: Chatwoot knows the person: their conversation goes to the consultant of this referral. */
async function takeUpKnownContact(of: StepOf): Promise<void> {
  await steps.adoptConversation(of);
  const { formerConsultant } = await steps.assignConsultant(of);
  if (formerConsultant) await steps.tellFormerConsultant(of);
  await steps.noteReferral(of);
  await steps.updateContact(of);
}

/** Rework: a new conversation and the second template. */
export async function contactForRework(
  journey: Journey,
  chapter: Chapter,
  contactMissing: boolean,
): Promise<Outcome | null> {
  const of: StepOf = { ...journey.lead, referralId: chapter.referralId, stage: 'rework' };
  await unlessRefused(async () => {
    if (contactMissing) await steps.findOrCreateContact(of);
    await steps.createConversation(of);
  });
  const ended = await send(journey, chapter, 'rework');
  await unlessRefused(async () => {
    await steps.labelRework(of);
    await steps.updateContact(of);
  });
  return ended;
}

/** What Chatwoot refuses for good is shown to people (the step has asked for them); the lead goes on without it. */
export async function unlessRefused(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (isCancellation(error) || !isRefusal(error)) throw error;
  }
}

/** Sends the stage's template, and takes note of a send of which nobody knows whether it left. */
export async function send(
  journey: Journey,
  chapter: Chapter,
  stage: 'main' | 'rework',
): Promise<Outcome | null> {
  const of: StepOf = { ...journey.lead, referralId: chapter.referralId, stage };
  say(stage === 'main' ? 'Enviando o template' : 'Enviando o template de retrabalho');
  const { messagesPerSecond } = journey;
  const pace = { channelId: chapter.channelId, messagesPerSecond };
  const sendTemplate = sendOn(`${workflowInfo().taskQueue}-sends`, pace, stage);
  let sent = await sendTemplate({ ...of, patient: false });
  while (sent.state === 'held') {
    say(sent.until === null ? HELD[sent.reason] : `${HELD[sent.reason]} ${sent.until}`);
    const waiting = () => sendTemplate({ ...of, patient: true });
    if (patched('hold-ends-with-journey')) {
      const after = await heldUntilOver(waiting, () => endOf(journey) !== null);
      if (after === null) return endOf(journey);
      sent = after;
    } else {
      sent = await waiting();
    }
  }
  switch (sent.state) {
    case 'accepted':
      if (sent.otherWaId) await unlessRefused(async () => void (await steps.linkWhatsAppId(of)));
      return null;
    case 'unknown': {
      const wait = chapter.unknownGraceSeconds * 1_000;
      journey.unsettled = { attemptId: sent.attemptId, stage, lookAt: Date.now(), wait };
      return null;
    }
    case 'turned_down':
      return outcomeOfError(sent.errorClass, stage);
    case 'refused':
      if (sent.reason === 'opted_out' || sent.reason === 'converted') return sent.reason;
      return sent.reason === 'recently_sent' ? null : 'not_converted';
  }
}

/** What a send waits for, as ops read it. */
const HELD: Record<Hold, string> = {
  channel_paused: 'O número está pausado: o envio espera até ele ser retomado',
  template_stopped: 'O template está parado no WhatsApp: o envio espera até ele ser liberado',
  quiet_hours: 'Horário de silêncio: envia em',
  weekly_limit: 'A pessoa já recebeu o máximo de mensagens da semana: envia em',
};

/** How the journey is over by what was heard, whatever it waits for; null while it goes on. */
export function endOf(journey: Journey): Outcome | null {
  if (journey.converted) return 'converted';
  if (journey.notInterested) return 'not_converted';
  return journey.failure === null ? null : outcomeOfError(journey.failure, 'main');
}

/** What an error of WhatsApp means for the lead; null where it goes on, or waits for D+3 all the same. */
export function outcomeOfError(errorClass: string, stage: 'main' | 'rework'): Outcome | null {
  if (errorClass === 'no_whatsapp') return 'no_whatsapp';
  if (errorClass === 'opted_out') return 'opted_out';
  return stage === 'main' ? null : 'not_converted';
}
