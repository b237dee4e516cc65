import { createHash } from 'node:crypto';
import { Router } from 'express';
import { z } from 'zod';
import type { Database } from '../db/database.ts';
import { LeadJustClosed, type StoredReferral, storeReferral } from '../db/intake.ts';
import { changeStatus, listLeads, readLeadPage } from '../db/leads.ts';
import { leaveWord } from '../db/outbox.ts';
import { addEvent } from '../db/steps.ts';
import type { Sealing } from '../db/sealing.ts';
import { settingsReader } from '../db/tenants.ts';
import { instantIn } from '../domain/business-calendar.ts';
import { ORIGIN_API, OUTCOMES, STAGES } from '../domain/lead.ts';
import { referralSchema } from '../domain/referral.ts';
import { workflowPage } from '../temporal/ids.ts';
import { tenantOf } from './authentication.ts';
import { optOutLead } from './opt-outs.ts';
import { check, Problem } from './problems.ts';

export type LeadsOptions = { database: Database; sealing: Sealing; uiUrl: string; namespace: string };

const text = z.string({ error: 'Informe um só texto.' }).max(200, { error: 'Use no máximo 200 caracteres.' });

const LIMIT = 'Informe um número inteiro de 1 a 200.';

/** What `GET /v1/leads` takes; a date without offset is one on the tenant's clocks. */
function listQuery(zone: string) {
  const day = z.string({ error: 'Informe uma só data.' }).transform((given, context) => {
    const at = instantIn(zone, given);
    if (at) return at;
    context.addIssue({ code: 'custom', message: 'Informe uma data ISO, por exemplo 2026-11-22.' });
    return z.NEVER;
  });
  return z.object({
    stage: z.enum(STAGES, { error: `Valores aceitos: ${STAGES.join(', ')}.` }).optional(),
    outcome: z.enum(OUTCOMES, { error: `Valores aceitos: ${OUTCOMES.join(', ')}.` }).optional(),
    consultant: text.optional(),
    from: day.optional(),
    until: day.optional(),
    attention: z.stringbool({ error: 'Informe true ou false.' }).optional(),
    text: text.optional(),
    cursor: z.string({ error: CURSOR }).transform(readCursor).optional(),
    limit: z.coerce
      .number({ error: LIMIT })
      .int({ error: LIMIT })
      .min(1, { error: LIMIT })
      .max(200, { error: LIMIT })
      .default(50),
  });
}

const CURSOR = 'Use o valor de next_cursor da página anterior.';

function readCursor(given: string, context: z.RefinementCtx): { createdAt: string; id: string } {
  const [createdAt = '', id = ''] = Buffer.from(given, 'base64url').toString().split(' ');
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(createdAt);
  if (isTime && instantIn('UTC', createdAt) && z.uuid().safeParse(id).success) return { createdAt, id };
  context.addIssue({ code: 'custom', message: CURSOR });
  return z.NEVER;
}

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

/** Referring leads, reading them, and what people may do to one. */
export function leadRoutes({ database, sealing, uiUrl, namespace }: LeadsOptions): Router {
  const settingsOf = settingsReader(database);
  const router = Router();

  router.post('/leads', async (request, response) => {
    const tenantId = tenantOf(response);
    const key = request.get('idempotency-key');
    if (key !== undefined && !IDEMPOTENCY_KEY.test(key)) throw new Problem('invalid_idempotency_key');
    const referral = check(referralSchema(await settingsOf(tenantId)), request.body);
    const store = () =>
      database.tenant(tenantId, (rows) =>
        storeReferral(
          rows,
          sealing,
          {
            origin: ORIGIN_API,
            name: referral.nome,
            phone: referral.telefone,
            cnpj: referral.cnpj,
            email: referral.email,
            notes: referral.observacoes,
            consultant: referral.consultor,
            statusValue: referral.status_indicacao,
          },
          key === undefined ? null : { key, bodyHash: hashOf(referral) },
        ),
      );
    const intake = await store().catch((error) => {
      if (error instanceof LeadJustClosed) return store();
      throw error;
    });
    if (intake.kind === 'key_reused') throw new Problem('idempotency_key_reused');
    if (intake.kind === 'no_flow') throw new Problem('no_flow');
    response.status(202).json(receipt(intake.answer));
  });

  router.get('/leads', async (request, response) => {
    const tenantId = tenantOf(response);
    const { zone } = await settingsOf(tenantId);
    const { cursor, ...filter } = check(listQuery(zone), request.query, 'invalid_query');
    const leads = await database.tenant(tenantId, (rows) =>
      listLeads(rows, { ...filter, ...(cursor ? { after: cursor } : {}), limit: filter.limit + 1 }),
    );
    const page = leads.slice(0, filter.limit);
    const last = page.at(-1);
    const more = leads.length > page.length && last;
    response.json({
      leads: page.map((lead) => ({ ...lead, links: linksOf(lead.id) })),
      next_cursor: more ? Buffer.from(`${last.created_at} ${last.id}`).toString('base64url') : null,
    });
  });

  router.get('/leads/:id', async (request, response) => {
    const leadId = leadIdOf(request.params.id);
    const page = await database.tenant(tenantOf(response), (rows) => readLeadPage(rows, leadId));
    if (!page) throw new Problem('lead_not_found');
    response.json({ ...page, links: linksOf(page.id) });
  });

  router.patch('/leads/:id', async (request, response) => {
    const tenantId = tenantOf(response);
    const leadId = leadIdOf(request.params.id);
    const { shape } = referralSchema(await settingsOf(tenantId)).out;
    const body = request.body as Record<string, unknown>;
    const { status_indicacao: status } = check(z.object({ status_indicacao: shape.status_indicacao }), {
      status_indicacao: body?.status_indicacao ?? body?.referral_status,
    });
    const page = await database.tenant(tenantId, async (rows) =>
      (await changeStatus(rows, leadId, status)) ? readLeadPage(rows, leadId) : null,
    );
    if (!page) throw new Problem('lead_not_found');
    response.json({ ...page, links: linksOf(page.id) });
  });

  router.post('/leads/:id/rework-now', async (request, response) => {
    const leadId = leadIdOf(request.params.id);
    await database.tenant(tenantOf(response), async (rows) => {
      await openLead(rows.query, leadId);
      await addEvent(rows, leadId, { stage: 'rework', kind: 'rework_asked_for' });
      await leaveWord(rows.query, [{ leadId, kind: 'signal', payload: { type: 'rework_now' } }]);
    });
    response.status(202).json({ lead_id: leadId, links: linksOf(leadId) });
  });

  router.post('/leads/:id/opt-out', async (request, response) => {
    const leadId = leadIdOf(request.params.id);
    await database.tenant(tenantOf(response), (rows) => optOutLead(rows, sealing, leadId));
    response.status(202).json({ lead_id: leadId, links: linksOf(leadId) });
  });

  const linksOf = (leadId: string) => ({
    lead: `/v1/leads/${leadId}`,
    workflow: workflowPage(uiUrl, namespace, leadId),
  });

  const receipt = (stored: StoredReferral) => ({
    lead_id: stored.leadId,
    referral_id: stored.referralId,
    referral_number: stored.referralNumber,
    status: stored.optedOut ? 'opted_out' : stored.joined ? 'joined' : 'received',
    consultant_known: stored.consultantKnown,
    created_at: stored.createdAt,
    links: linksOf(stored.leadId),
  });

  return router;
}

/** The lead's id from the path; one that cannot be an id is the id of no lead. */
export function leadIdOf(text: string | undefined): string {
  const id = z.uuid().safeParse(text);
  if (!id.success) throw new Problem('lead_not_found');
  return id.data;
}

async function openLead(query: Parameters<typeof leaveWord>[0], leadId: string): Promise<void> {
  const [lead] = await query<{ stage: string }>('select stage from lead where id = $1', [leadId]);
  if (!lead) throw new Problem('lead_not_found');
  if (lead.stage === 'closed') throw new Problem('lead_closed');
}

/** What the referral says, whatever the order or the language of its fields. */
function hashOf(referral: Record<string, unknown>): Buffer {
  const fields = Object.entries(referral).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(fields)).digest();
}
