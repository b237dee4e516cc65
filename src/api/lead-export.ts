import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import type { Database } from '../db/database.ts';
import type { LeadRow } from '../db/lead-lines.ts';
import { type LeadFilter, listLeads } from '../db/lead-list.ts';
import { localDay } from '../domain/business-calendar.ts';
import { formatCnpj } from '../domain/cnpj.ts';
import { outcomeName, stageName } from '../domain/lead.ts';
import { formatPhone } from '../domain/phone.ts';
import { csvFile, csvLine } from './csv.ts';

/** Leads read at once: each time in a transaction of its own, so that a slow reader holds up nobody. */
const AT_ONCE = 500;

type Column = [title: string, cell: (lead: LeadRow, moment: Moment) => string | number | null];

/** Writes an instant on the tenant's clocks, as Excel in Brazil reads it. */
type Moment = (at: Date | null) => string | null;

/** Phones and CNPJs stand as people write them, so that no spreadsheet makes numbers of them. */
const COLUMNS: Column[] = [
  ['Criado em', (lead, moment) => moment(lead.created_at)],
  ['Nome', (lead) => lead.name],
  ['Telefone', (lead) => formatPhone(lead.phone)],
  ['CNPJ', (lead) => (lead.cnpj === null ? null : formatCnpj(lead.cnpj))],
  ['Consultor', (lead) => lead.consultant],
  ['Status da indicação', (lead) => lead.status_indicacao],
  ['Etapa', (lead) => stageName(lead.stage)],
  ['Resultado', (lead) => (lead.outcome === null ? null : outcomeName(lead.outcome))],
  ['Precisa de atenção', (lead) => lead.attention],
  ['Última mensagem', (lead) => MESSAGE_STATES[lead.message_state ?? ''] ?? null],
  ['Respondeu em', (lead, moment) => moment(lead.replied_at)],
  ['Acorda em', (lead, moment) => moment(lead.wake_at)],
  ['Indicações', (lead) => lead.referral_count],
  ['Retrabalhos', (lead) => lead.rework.count],
  ['Convertido em', (lead, moment) => moment(lead.converted_at)],
  ['Encerrado em', (lead, moment) => moment(lead.closed_at)],
  ['Origem', (lead) => lead.origin],
  ['ID', (lead) => lead.id],
];

const MESSAGE_STATES: Readonly<Record<string, string>> = {
  queued: 'Na fila',
  sent: 'Enviada',
  delivered: 'Entregue',
  read: 'Lida',
  failed: 'Não entregue',
};

/** What is exported: the leads of one tenant that a filter finds, with its zone for the clocks. */
export type LeadExport = {
  database: Database;
  tenantId: string;
  zone: string;
  filter: Omit<LeadFilter, 'limit' | 'after'>;
};

/** Answers leads as a CSV file, as fast as it is taken and without ever holding more than some of them. */
export async function sendLeads(request: Request, response: Response, leads: LeadExport): Promise<void> {
  // What fails at once can still be told.
  const first = await readSome(leads);
  csvFile(response, `leads-${localDay(new Date(), leads.zone)}`);
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  await pipeline(Readable.from(linesOf(leads, first)), response).catch((error) => {
    // Whoever asked has gone; or the file ends in the midst of it, which they see.
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  });
}

type Page = Awaited<ReturnType<typeof listLeads>>;

async function* linesOf(leads: LeadExport, first: Page): AsyncGenerator<string> {
  const moment = momentIn(leads.zone);
  yield csvLine(COLUMNS.map(([title]) => title));
  for (let page: Page | null = first; page; page = page.next ? await readSome(leads, page.next) : null) {
    yield page.leads.map((lead) => csvLine(COLUMNS.map(([, cell]) => cell(lead, moment)))).join('');
  }
}

function readSome({ database, tenantId, filter }: LeadExport, after?: LeadFilter['after']): Promise<Page> {
  return database.tenant(tenantId, (rows) => listLeads(rows, { ...filter, after, limit: AT_ONCE }));
}

function momentIn(timeZone: string): Moment {
  const two = '2-digit';
  const clock = new Intl.DateTimeFormat('pt-BR', {
    timeZone,
    day: two,
    month: two,
    year: 'numeric',
    hour: two,
    minute: two,
    hourCycle: 'h23',
  });
  return (at) => at && clock.format(at).replace(', ', ' ');
}
