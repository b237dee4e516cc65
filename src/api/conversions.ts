import { Router } from 'express';
import { z } from 'zod';
import type { Database } from '../db/database.ts';
import { findPerson, identitiesOf } from '../db/identities.ts';
import { recordConversion } from '../db/journeys.ts';
import { leadsOf } from '../db/leads.ts';
import type { Sealing } from '../db/sealing.ts';
import { cnpjField, optionalField, phoneField } from '../domain/referral.ts';
import { tenantOf } from './authentication.ts';
import { check, Problem } from './problems.ts';

const conversion = z
  .object(
    {
      lead_id: optionalField(z.uuid({ error: 'Informe o id de um lead.' })),
      telefone: optionalField(phoneField),
      phone: optionalField(phoneField),
      cnpj: optionalField(cnpjField),
    },
    { error: 'Envie um objeto JSON com lead_id, telefone ou cnpj.' },
  )
  .refine((who) => who.lead_id ?? who.telefone ?? who.phone ?? who.cnpj, {
    path: ['lead_id'],
    error: 'Informe lead_id, telefone ou cnpj.',
    params: { code: 'required' },
  })
  .transform(({ lead_id, telefone, phone, cnpj }) => ({
    leadId: lead_id,
    phone: telefone ?? phone,
    cnpj,
  }));

/** Conversions told by a CRM. */
export function conversionRoutes({ database, sealing }: { database: Database; sealing: Sealing }): Router {
  const router = Router();
  router.post('/conversions', async (request, response) => {
    const who = check(conversion, request.body);
    const leads = await database.tenant(tenantOf(response), async (rows) => {
      const leadIds = who.leadId
        ? await existing(rows.query, who.leadId)
        : await leadsOf(rows, await whose(rows, who));
      const converted = await recordConversion(rows, leadIds, 'api');
      return leadIds.map((id) => ({ lead_id: id, already_converted: !converted.includes(id) }));
    });
    if (leads.length === 0) throw new Problem('person_not_found');
    response.status(202).json({ leads });
  });

  const existing = async (query: Parameters<typeof findPerson>[0], leadId: string) =>
    (await query<{ id: string }>('select id from lead where id = $1', [leadId])).map((lead) => lead.id);

  const whose = async (
    rows: Parameters<Parameters<Database['tenant']>[1]>[0],
    who: { phone: string | null; cnpj: string | null },
  ) => ({
    personId: who.phone
      ? await findPerson(rows.query, identitiesOf(sealing, rows.tenantId, { phone: who.phone }))
      : null,
    cnpj: who.phone ? null : who.cnpj,
  });

  return router;
}
