import { Router } from 'express';
import { z } from 'zod';
import type { Database } from '../db/database.ts';
import { findPerson, identitiesOf } from '../db/identities.ts';
import { recordConversion } from '../db/journeys.ts';
import { leadsOf } from '../db/leads.ts';
import type { Sealing } from '../db/sealing.ts';
import { parseCnpj } from '../domain/cnpj.ts';
import { parsePhone } from '../domain/phone.ts';
import { tenantOf } from './authentication.ts';
import { check, Problem } from './problems.ts';

const conversion = z
  .object({
    lead_id: z.uuid({ error: 'Informe o id de um lead.' }).optional(),
    telefone: z.string({ error: 'Informe um telefone com DDD.' }).optional(),
    phone: z.string({ error: 'Informe um telefone com DDD.' }).optional(),
    cnpj: z.string({ error: 'Informe um CNPJ.' }).optional(),
  })
  .transform(({ lead_id, telefone, phone, cnpj }, context) => {
    const refuse = (field: string, code: string, message: string) => {
      context.addIssue({ code: 'custom', path: [field], message, params: { code } });
      return z.NEVER;
    };
    const given = telefone ?? phone;
    const parsedPhone = given === undefined ? null : parsePhone(given);
    const parsedCnpj = cnpj === undefined ? null : parseCnpj(cnpj);
    if (parsedPhone && !parsedPhone.ok)
      return refuse('telefone', 'phone_invalid', 'Este telefone não existe.');
    if (parsedCnpj && !parsedCnpj.ok) return refuse('cnpj', 'cnpj_invalid', 'Este CNPJ não é válido.');
    if (!lead_id && !parsedPhone && !parsedCnpj) {
      return refuse('lead_id', 'required', 'Informe lead_id, telefone ou cnpj.');
    }
    return { leadId: lead_id ?? null, phone: parsedPhone?.e164 ?? null, cnpj: parsedCnpj?.cnpj ?? null };
  });

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
