import { Router } from 'express';
import { z } from 'zod';
import type { Database, TenantRows } from '../db/database.ts';
import { findPerson, type Identity, identitiesOf } from '../db/identities.ts';
import { recordConversion } from '../db/journeys.ts';
import { leadAgrees, leadInPlaceOf, leadsOf } from '../db/leads.ts';
import type { Sealing } from '../db/sealing.ts';
import { objectOf } from '../domain/loose-json.ts';
import { cnpjField, optionalField, phoneField } from '../domain/referral.ts';
import { tenantOf } from './authentication.ts';
import { otherMethods } from './methods.ts';
import { check, type FieldProblem, Problem } from './problems.ts';
import { tellIgnored } from './unknown-fields.ts';

/** Whoever tells of a sale has fields of their own: that is no reason to go on writing to who has bought. */
export const conversion = z
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
  .refine(({ telefone, phone }) => !telefone || !phone || telefone === phone, {
    path: ['telefone'],
    error: 'telefone e phone dizem coisas diferentes. Envie só um dos dois.',
    params: { code: 'names_disagree' },
  })
  .transform(({ lead_id, telefone, phone, cnpj }) => ({
    leadId: lead_id,
    phone: telefone ?? phone,
    phoneField: telefone === null ? 'phone' : 'telefone',
    cnpj,
  }));

type Who = z.output<typeof conversion>;

const KNOWN = new Set(Object.keys(conversion.in.shape));

/** Conversions told by a CRM. */
export function conversionRoutes({ database, sealing }: { database: Database; sealing: Sealing }): Router {
  const router = Router();
  router
    .route('/conversions')
    .post(async (request, response) => {
      const who = check(conversion, request.body);
      const leads = await database.tenant(tenantOf(response), async (rows) => {
        const leadIds = await leadsMeant(rows, who);
        const converted = await recordConversion(rows, leadIds, 'api');
        return leadIds.map((id) => ({ lead_id: id, already_converted: !converted.includes(id) }));
      });
      const ignored = Object.keys(objectOf(request.body)).filter((name) => !KNOWN.has(name));
      response.status(202).json({ leads, ...tellIgnored(ignored) });
    })
    .all(otherMethods);

  /** The lead named, else those of the person whose phone it is, else those of the CNPJ; all that is said must fit. */
  async function leadsMeant(rows: TenantRows, who: Who): Promise<string[]> {
    const identities = who.phone ? identitiesOf(sealing, rows.tenantId, { phone: who.phone }) : null;
    const leadIds = who.leadId
      ? [await leadInPlaceOf(rows, who.leadId)]
      : await leadsOf(
          rows,
          identities ? { personId: await findPerson(rows.query, identities) } : { cnpj: who.cnpj },
        );
    const [leadId] = leadIds;
    if (!leadId) throw new Problem('person_not_found');
    await mustAgree(rows, leadId, who, identities);
    return leadIds;
  }

  return router;
}

async function mustAgree(
  rows: TenantRows,
  leadId: string,
  who: Who,
  identities: Identity[] | null,
): Promise<void> {
  const phones = identities?.map(({ value }) => value) ?? null;
  // A CNPJ that stands alone found the leads itself.
  const cnpj = who.leadId || who.phone ? who.cnpj : null;
  const agrees = await leadAgrees(rows, leadId, { phones, cnpj });
  if (!agrees) throw new Problem('person_not_found');
  const fields: FieldProblem[] = [];
  if (!agrees.phone) {
    const message = 'Este telefone não é da pessoa deste lead.';
    fields.push({ field: who.phoneField, code: 'other_person', message });
  }
  if (!agrees.cnpj) {
    const whose = who.leadId ? 'da pessoa deste lead' : 'da pessoa deste telefone';
    fields.push({ field: 'cnpj', code: 'other_person', message: `Este CNPJ não é ${whose}.` });
  }
  if (fields.length > 0) throw new Problem('people_disagree', fields);
}
