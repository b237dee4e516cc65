import type { TimelineEntry } from '../../src/contract/lead.ts';
import { OUTCOMES, type Outcome, outcomeName } from '../../src/domain/lead.ts';
import { attentionWords } from './attention.ts';
import { shortWhen } from './formatting.ts';
import { refusalWords } from '../../src/domain/sending-words.ts';
import { whyNotSent } from './sending.ts';

/** A line of the timeline in words. `weight`: a milestone, an ordinary event, or a step behind the scenes. */
export type TimelineWords = {
  title: string;
  note: string | null;
  weight: 'milestone' | 'event' | 'step';
  tone: 'good' | 'bad' | 'warn' | 'plain';
};

/** What the words need besides the entry. */
type Around = { zone: string; now: number; statusLabel: (value: string) => string };

type Words = {
  title: string;
  weight?: TimelineWords['weight'];
  tone?: TimelineWords['tone'];
  note?: (detail: Readonly<Record<string, string | undefined>>, around: Around) => string | undefined;
};

const when = (at: string | undefined, { zone, now }: Around) => (at ? shortWhen(at, zone, now) : undefined);

const referredBy: Words['note'] = ({ consultant, status }, { statusLabel }) =>
  [consultant && `por ${consultant}`, status && statusLabel(status)].filter(Boolean).join(' · ') || undefined;

const SOURCES: Readonly<Record<string, string>> = {
  api: 'pelo painel ou pela API',
  button: 'pelo botão da mensagem',
  chatwoot_label: 'pela etiqueta no Chatwoot',
  chatwoot_check: 'pela etiqueta no Chatwoot, vista antes do retrabalho',
  chatwoot_message: 'por mensagem, lida no Chatwoot',
  whatsapp_message: 'por mensagem no WhatsApp',
  evolution_message: 'por mensagem no WhatsApp',
  evolution_edit: 'por mensagem editada no WhatsApp',
  whatsapp_preference: 'nas preferências do WhatsApp',
  whatsapp_131050: 'o WhatsApp avisou ao recusar o envio',
  phone_changed_hands: 'o telefone mudou de dono',
};
const bySource: Words['note'] = ({ source }) => (source ? (SOURCES[source] ?? source) : undefined);
const byReason: Words['note'] = ({ reason }) => reason && `Porque ${whyNotSent(reason)}.`;
const byCode: Words['note'] = ({ code, text }) =>
  code || text ? refusalWords(code ? Number(code) : null, text) : undefined;

const VERDICTS: Readonly<Record<string, string>> = {
  rework: 'Sem conversão: o retrabalho começa.',
  converted: 'Já convertido: nada a retrabalhar.',
  not_converted: 'Não qualificado, ou marcado para não retrabalhar: sem retrabalho.',
  labelled: 'Adiado pela etiqueta.',
  active: 'Há conversa em andamento: adiado.',
};

const SETTLEMENTS: Readonly<Record<string, string>> = {
  accepted: 'A mensagem tinha saído.',
  not_sent: 'A mensagem não tinha saído; será enviada de novo.',
  refused: 'O WhatsApp tinha recusado a mensagem.',
};

const KINDS: Readonly<Record<string, Words>> = {
  received: { title: 'Indicação recebida', weight: 'milestone', note: referredBy },
  referred_again: { title: 'Indicado de novo', weight: 'milestone', note: referredBy },
  contact_found: { title: 'Contato encontrado no Chatwoot', weight: 'step' },
  contact_phone_freed: {
    title: 'O telefone saiu do contato de quem o tinha antes',
    weight: 'step',
  },
  contact_created: { title: 'Contato criado no Chatwoot', weight: 'step' },
  contact_updated: { title: 'Contato atualizado no Chatwoot', weight: 'step' },
  contact_missing: { title: 'Contato não está no Chatwoot', weight: 'step' },
  whatsapp_id_kept: { title: 'Número do WhatsApp confirmado', weight: 'step' },
  whatsapp_id_linked: { title: 'Número do WhatsApp ligado ao contato', weight: 'step' },
  conversation_created: { title: 'Conversa aberta no Chatwoot' },
  conversation_adopted: { title: 'Conversa do Chatwoot retomada' },
  referral_noted: { title: 'Nota da indicação escrita na conversa', weight: 'step' },
  assigned: { title: 'Conversa entregue ao consultor' },
  former_consultant_told: { title: 'Consultor anterior avisado', weight: 'step' },
  no_whatsapp_told: { title: 'Consultor avisado: sem WhatsApp', weight: 'step' },
  rework_labelled: { title: 'Conversa etiquetada como retrabalho', weight: 'step' },
  opt_out_labelled: { title: 'Conversa etiquetada como descadastro', weight: 'step' },
  template_sent: { title: 'Mensagem enviada', weight: 'milestone' },
  template_held: { title: 'Mensagem retida pela Meta para análise', tone: 'warn' },
  delivered: { title: 'Mensagem entregue' },
  read: { title: 'Mensagem lida', tone: 'good' },
  failed: { title: 'Mensagem não entregue', tone: 'bad', note: byCode },
  arrived_after_all: {
    title: 'A mensagem chegou, afinal',
    tone: 'good',
    note: ({ closed_as }) => closed_as && 'O lead, encerrado como sem WhatsApp, passou a não convertido.',
  },
  send_failed: { title: 'WhatsApp recusou a mensagem', tone: 'bad', note: byCode },
  send_unknown: {
    title: 'Envio sem resposta',
    tone: 'warn',
    note: () => 'Não se sabe se a mensagem saiu. Ela não é repetida antes que se saiba.',
  },
  send_settled: {
    title: 'Envio esclarecido',
    note: ({ as }) => (as ? SETTLEMENTS[as] : undefined),
  },
  send_skipped: { title: 'Mensagem não enviada', note: byReason },
  send_held: {
    title: 'Mensagem em espera',
    tone: 'warn',
    note: (detail, around) => {
      const until = when(detail.until, around);
      return [byReason(detail, around), until && `Até ${until}.`].filter(Boolean).join(' ') || undefined;
    },
  },
  replied: {
    title: 'A pessoa respondeu',
    weight: 'milestone',
    tone: 'good',
    note: ({ button }) => button && 'Tocou num botão da mensagem.',
  },
  reacted: { title: 'A pessoa reagiu à mensagem' },
  edited: { title: 'A pessoa editou uma mensagem' },
  revoked: { title: 'A pessoa apagou uma mensagem' },
  not_interested: { title: 'A pessoa não tem interesse', weight: 'milestone' },
  agent_wrote: { title: 'Um agente escreveu à pessoa' },
  asleep: {
    title: 'Dormindo até o retrabalho',
    weight: 'milestone',
    note: ({ wakeAt }, around) => when(wakeAt, around),
  },
  rework_announced: { title: 'Retrabalho anunciado ao consultor', weight: 'step' },
  rework_not_due: { title: 'Sem retrabalho a anunciar', weight: 'step' },
  rework_postponed: {
    title: 'Retrabalho adiado',
    note: ({ wakeAt, why }, around) => {
      const until = when(wakeAt, around);
      const reason = why === 'label' ? 'pela etiqueta' : 'porque há conversa em andamento';
      return until ? `Para ${until}, ${reason}.` : undefined;
    },
  },
  rework_asked_for: { title: 'Retrabalho pedido agora', weight: 'milestone' },
  checked: {
    title: 'Conferido antes do retrabalho',
    note: ({ verdict }) => (verdict ? (VERDICTS[verdict] ?? verdict) : undefined),
  },
  status_changed: {
    title: 'Status da indicação mudou',
    note: ({ status }, { statusLabel }) => (status ? statusLabel(status) : undefined),
  },
  attention_cleared: {
    title: 'Marcado como ciente',
    note: ({ code }) => (code ? attentionWords(code).name : undefined),
  },
  phone_changed_hands: { title: 'O telefone passou a ser de outra pessoa', tone: 'warn' },
  merged: {
    title: 'Outro lead da mesma pessoa foi unido a este',
    note: ({ consultant }) => consultant && `Era de ${consultant}.`,
  },
  converted: { title: 'Convertido', weight: 'milestone', tone: 'good', note: bySource },
  opted_out: { title: 'Descadastro', weight: 'milestone', tone: 'bad', note: bySource },
  cancelled: { title: 'Fluxo cancelado', tone: 'warn' },
  closed: {
    title: 'Encerrado',
    weight: 'milestone',
    note: ({ outcome }) => (isOutcome(outcome) ? outcomeName(outcome) : undefined),
  },
};

/** What the supervisor reads for a line of the timeline; a kind that is not known here is shown as it is. */
export function timelineWords(entry: Pick<TimelineEntry, 'kind' | 'detail'>, around: Around): TimelineWords {
  const { title, weight = 'event', tone = 'plain', note }: Words = KINDS[entry.kind] ?? { title: entry.kind };
  return { title, weight, tone, note: note?.(texts(entry.detail), around) ?? null };
}

/** Every kind that there are words for. */
export const TIMELINE_KINDS: readonly string[] = Object.keys(KINDS);

function texts(detail: TimelineEntry['detail']): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(detail).map(([name, value]) => [
      name,
      typeof value === 'string' || typeof value === 'number' ? String(value) : undefined,
    ]),
  );
}

function isOutcome(given: string | undefined): given is Outcome {
  return OUTCOMES.some((outcome) => outcome === given);
}
