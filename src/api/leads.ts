import { Router } from 'express';
import { z } from 'zod';
import type { Database } from '../db/database.ts';
import type { StoredReferral } from '../db/intake.ts';
import { changeStatus } from '../db/lead-actions.ts';
import { listLeads } from '../db/lead-list.ts';
import { readLeadPage } from '../db/lead-page.ts';
import type { Sealing } from '../db/sealing.ts';
import { settingsReader } from '../db/tenants.ts';
import { objectOf } from '../domain/loose-json.ts';
import {
  FIELD_NAMES,
  ignoredFields,
  type Referral,
  type ReferralValues,
  referralSchema,
  statusChangeSchema,
} from '../domain/referral.ts';
import { tenantOf } from './authentication.ts';
import { intake } from './intake.ts';
import { leadAnswers } from './lead-answers.ts';
import { sendLeads } from './lead-export.ts';
import { leadLinks } from './lead-links.ts';
import { exportQuery, leadQuery, writeCursor } from './lead-query.ts';
import { noQuery, otherMethods } from './methods.ts';
import { check, Problem } from './problems.ts';
import { misspeltWords, tellIgnored } from './unknown-fields.ts';

export type LeadsOptions = { database: Database; sealing: Sealing; uiUrl: string; namespace: string };

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

/** Referring leads, reading them, and changing the status of one. */
export function leadRoutes({ database, sealing, ...ui }: LeadsOptions): Router {
  const settingsOf = settingsReader(database);
  const linksOf = leadLinks(ui);
  const answers = leadAnswers(ui);
  const take = intake({ database, sealing });
  const router = Router();

  router
    .route('/leads')
    .post(async (request, response) => {
      const tenantId = tenantOf(response);
      const key = request.get('idempotency-key');
      if (key !== undefined && !IDEMPOTENCY_KEY.test(key)) throw new Problem('invalid_idempotency_key');
      const referral = referralOf(await settingsOf(tenantId), request.body);
      const taken = await take(tenantId, referral, key ?? null);
      if (taken.kind === 'key_reused') throw new Problem('idempotency_key_reused');
      const ignored = ignoredFields(objectOf(request.body));
      response.status(202).json({ ...receipt(taken.answer), ...tellIgnored(ignored) });
    })
    .get(async (request, response) => {
      const tenantId = tenantOf(response);
      const { zone } = await settingsOf(tenantId);
      const { cursor, ...filter } = check(leadQuery(zone), request.query, 'invalid_query');
      const { leads, next } = await database.tenant(tenantId, (rows) =>
        listLeads(rows, { ...filter, ...phonesOf(filter), after: cursor }),
      );
      response.json({ leads: leads.map(answers.line), next_cursor: next && writeCursor(next) });
    })
    .all(otherMethods);

  router
    .route('/leads.csv')
    .get(async (request, response) => {
      const tenantId = tenantOf(response);
      const { zone } = await settingsOf(tenantId);
      const given = check(exportQuery(zone), request.query, 'invalid_query');
      const filter = { ...given, ...phonesOf(given) };
      await sendLeads(request, response, { database, tenantId, zone, filter });
    })
    .all(otherMethods);

  router
    .route('/leads/:id')
    .get(noQuery, async (request, response) => {
      const tenantId = tenantOf(response);
      const leadId = leadIdOf(request.params.id);
      const { messagePrices } = await settingsOf(tenantId);
      const page = await database.tenant(tenantId, (rows) => readLeadPage(rows, leadId));
      if (!page) throw new Problem('lead_not_found');
      response.json(answers.page(page, messagePrices));
    })
    .patch(async (request, response) => {
      const tenantId = tenantOf(response);
      const leadId = leadIdOf(request.params.id);
      const settings = await settingsOf(tenantId);
      const change = check(statusChangeSchema(settings), request.body);
      const page = await database.tenant(tenantId, async (rows) => {
        await changeStatus(rows, leadId, change.status_indicacao);
        return readLeadPage(rows, leadId);
      });
      if (!page) throw new Problem('lead_not_found');
      response.json(answers.page(page, settings.messagePrices));
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

const phonesOf = (given: { phone?: string[] | undefined; owner_phone?: string[] | undefined }) => ({
  phones: given.phone,
  ownerPhones: given.owner_phone,
});

/** The lead's id from the path; one that cannot be an id is the id of no lead. */
export function leadIdOf(text: string | undefined): string {
  const id = z.uuid().safeParse(text);
  if (!id.success) throw new Problem('lead_not_found');
  return id.data;
}

/** A field that is missing is told by the name that it came under, where that is nearly its own. */
function referralOf(settings: ReferralValues, body: unknown): Referral {
  try {
    return check(referralSchema(settings), body);
  } catch (error) {
    if (!(error instanceof Problem) || !error.fields) throw error;
    const ignored = ignoredFields(objectOf(body));
    const fields = error.fields.map((one) => {
      const misspelt = one.code === 'required' && misspeltWords(one.field, ignored, FIELD_NAMES);
      return misspelt ? { ...one, message: `${one.message} ${misspelt}` } : one;
    });
    throw new Problem(error.code, fields);
  }
}
