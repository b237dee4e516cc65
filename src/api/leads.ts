import { createHash } from 'node:crypto';
import { Router } from 'express';
import { z } from 'zod';
import type { Database } from '../db/database.ts';
import { isOvertaken, type StoredReferral, storeReferral } from '../db/intake.ts';
import { changeStatus } from '../db/lead-actions.ts';
import { listLeads, readLeadPage } from '../db/leads.ts';
import type { Sealing } from '../db/sealing.ts';
import { settingsReader } from '../db/tenants.ts';
import { ORIGIN_API } from '../domain/lead.ts';
import { referralSchema, statusChangeSchema } from '../domain/referral.ts';
import { tenantOf } from './authentication.ts';
import { leadLinks } from './lead-links.ts';
import { leadQuery, writeCursor } from './lead-query.ts';
import { noQuery, otherMethods } from './methods.ts';
import { check, Problem } from './problems.ts';

export type LeadsOptions = { database: Database; sealing: Sealing; uiUrl: string; namespace: string };

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

/** Referring leads, reading them, and changing the status of one. */
export function leadRoutes({ database, sealing, ...ui }: LeadsOptions): Router {
  const settingsOf = settingsReader(database);
  const linksOf = leadLinks(ui);
  const router = Router();

  router
    .route('/leads')
    .post(async (request, response) => {
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
        if (isOvertaken(error)) return store();
        throw error;
      });
      if (intake.kind === 'key_reused') throw new Problem('idempotency_key_reused');
      if (intake.kind === 'no_flow') throw new Problem('no_flow');
      response.status(202).json(receipt(intake.answer));
    })
    .get(async (request, response) => {
      const tenantId = tenantOf(response);
      const { zone } = await settingsOf(tenantId);
      const { cursor, ...filter } = check(leadQuery(zone), request.query, 'invalid_query');
      const { leads, next } = await database.tenant(tenantId, (rows) =>
        listLeads(rows, { ...filter, ...(cursor ? { after: cursor } : {}) }),
      );
      response.json({
        leads: leads.map((lead) => ({ ...lead, links: linksOf(lead.id) })),
        next_cursor: next && writeCursor(next),
      });
    })
    .all(otherMethods);

  router
    .route('/leads/:id')
    .get(noQuery, async (request, response) => {
      const leadId = leadIdOf(request.params.id);
      const page = await database.tenant(tenantOf(response), (rows) => readLeadPage(rows, leadId));
      if (!page) throw new Problem('lead_not_found');
      response.json({ ...page, links: linksOf(page.id) });
    })
    .patch(async (request, response) => {
      const tenantId = tenantOf(response);
      const leadId = leadIdOf(request.params.id);
      const change = check(statusChangeSchema(await settingsOf(tenantId)), request.body);
      const page = await database.tenant(tenantId, async (rows) => {
        await changeStatus(rows, leadId, change.status_indicacao);
        return readLeadPage(rows, leadId);
      });
      if (!page) throw new Problem('lead_not_found');
      response.json({ ...page, links: linksOf(page.id) });
    })
    .all(otherMethods);

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

/** What the referral says, whatever the order or the language of its fields. */
function hashOf(referral: Record<string, unknown>): Buffer {
  const fields = Object.entries(referral).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(fields)).digest();
}
