// Imported by workflow code: this file imports nothing.

/** Where a lead stands: first contact, asleep until rework, in rework, over. */
export const STAGES = ['main', 'waiting', 'rework', 'closed'] as const;
export type Stage = (typeof STAGES)[number];

/** Why a lead was closed. */
export const OUTCOMES = [
  'converted',
  'not_converted',
  'opted_out',
  'no_whatsapp',
  'erased',
  'merged',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The two parts of a timeline that consultants tell apart. */
export type TimelineStage = 'main' | 'rework';

/** Origin stored with every lead that came in through the API. */
export const ORIGIN_API = 'api_oficial';

/** Chatwoot label of a lead in rework, unless the tenant chose another. */
export const REWORK_LABEL = 'retrabalho_api_oficial';

/**
 * The part of the timeline that an event belongs to when it happens while the lead is in `stage`.
 * A lead closed without rework also answers `rework`; whoever closes it from the main part says so itself.
 */
export function timelineStageOf(stage: Stage): TimelineStage {
  return stage === 'main' || stage === 'waiting' ? 'main' : 'rework';
}

const STAGE_NAMES: Readonly<Record<Stage, string>> = {
  main: 'Em contato',
  waiting: 'Aguardando retrabalho',
  rework: 'Retrabalho',
  closed: 'Encerrado',
};

const OUTCOME_NAMES: Readonly<Record<Outcome, string>> = {
  converted: 'Convertido',
  not_converted: 'Não convertido',
  opted_out: 'Descadastrado',
  no_whatsapp: 'Sem WhatsApp',
  erased: 'Dados apagados',
  merged: 'Unido a outro lead',
};

/** What a consultant reads for a stage. */
export function stageName(stage: Stage): string {
  return STAGE_NAMES[stage];
}

/** What a consultant reads for an outcome. */
export function outcomeName(outcome: Outcome): string {
  return OUTCOME_NAMES[outcome];
}

/** What a message that may leave later waits for. */
export const HOLDS = ['channel_paused', 'template_stopped', 'quiet_hours', 'weekly_limit'] as const;
export type Hold = (typeof HOLDS)[number];
