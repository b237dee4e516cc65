import type { Overview } from '../contract/overview.ts';
import { errorClassName, priceCategoryName, refusalCause } from '../domain/sending-words.ts';
import type { OverviewTable } from './overview-query.ts';

type Cell = string | number | null;

/** One table of the overview as a spreadsheet holds it: the name of its file, the titles, and the rows below. */
export type Table = { file: string; titles: string[]; rows(overview: Overview): Cell[][] };

const BEFORE = 'Convertidos no contato';
const AFTER = 'Convertidos no retrabalho';

/** Numbers and days stand as Excel in Brazil reads them, so that they can be added up and sorted. */
export const TABLES: Record<OverviewTable, Table> = {
  summary: { file: 'resumo', titles: ['Indicador', 'Valor'], rows: summary },
  days: {
    file: 'leads-por-dia',
    titles: ['Dia', 'Leads', 'Convertidos'],
    rows: ({ per_day }) => per_day.map(({ day, leads, converted }) => [dayOf(day), leads, converted]),
  },
  consultants: {
    file: 'consultores',
    titles: ['Consultor', 'Leads', BEFORE, AFTER, 'Conversão'],
    rows: ({ consultants }) =>
      consultants.map((row) => [
        row.consultant,
        row.leads,
        row.converted_main,
        row.converted_rework,
        shareOf(row.conversion),
      ]),
  },
  funnel: {
    file: 'mensagens',
    titles: ['Etapa', 'Enviadas', 'Entregues', 'Lidas', 'Respondidas'],
    rows: ({ funnel }) =>
      funnel.map(({ stage, sent, delivered, read, replied }) => [
        stage === 'main' ? 'Primeiro contato' : 'Retrabalho',
        sent,
        delivered,
        read,
        replied,
      ]),
  },
  cost: {
    file: 'custo',
    titles: ['Categoria', 'Mensagens', 'Custo (R$)'],
    rows: ({ cost }) =>
      cost.categories.map(({ category, messages, total }) => [
        priceCategoryName(category),
        messages,
        decimal(total),
      ]),
  },
  errors: {
    file: 'erros',
    titles: ['Causa', 'Código da Meta', 'Tipo', 'Vezes'],
    rows: ({ errors }) =>
      errors.map(({ code, class: kind, text, count }) => [
        refusalCause(code, text),
        code,
        errorClassName(kind),
        count,
      ]),
  },
};

function summary({ from, until, totals, first_message, cost }: Overview): Cell[][] {
  return [
    ['Primeiro dia', dayOf(from)],
    ['Último dia', dayOf(until)],
    ['Leads', totals.leads],
    ['Indicações', totals.referrals],
    ['Em aberto', totals.open],
    ['Precisam de atenção', totals.attention],
    ['Convertidos', totals.converted],
    [BEFORE, totals.converted_main],
    [AFTER, totals.converted_rework],
    ['Conversão', shareOf(totals.conversion)],
    ['Não convertidos', totals.not_converted],
    ['Descadastrados', totals.opted_out],
    ['Sem WhatsApp', totals.no_whatsapp],
    ['Segundos até a primeira mensagem: metade em até', secondsOf(first_message.p50)],
    ['Segundos até a primeira mensagem: 9 em 10 em até', secondsOf(first_message.p90)],
    ['Custo (R$)', decimal(cost.total)],
    ['Custo por lead (R$)', decimal(cost.per_lead)],
  ];
}

/** `2026-11-20` as `20/11/2026`. */
const dayOf = (day: string) => day.split('-').reverse().join('/');

const decimal = (number: number) => String(number).replace('.', ',');

const shareOf = (part: number) => `${(part * 100).toFixed(1).replace('.', ',')}%`;

const secondsOf = (seconds: number | null) => (seconds === null ? null : Math.round(seconds));
