import { Router } from 'express';
import { z } from 'zod';
import { addConsultant, changeConsultant, listConsultants, type Taken } from '../db/consultants.ts';
import type { Database } from '../db/database.ts';
import { emailField, lineField } from '../domain/referral.ts';
import { tenantOf } from './authentication.ts';
import { noQuery, otherMethods } from './methods.ts';
import { check, type FieldProblem, Problem } from './problems.ts';

const nome = lineField(200, 'Informe o nome.');
/** Absent: not spoken of; null or blank: none. */
const email = z.preprocess(
  (value) => (typeof value === 'string' ? value.trim() || null : value),
  emailField.nullish(),
);

const EXPECTED = 'Envie um objeto JSON com nome e email.';
export const newConsultant = z.object({ nome, email }, { error: EXPECTED });
export const consultantChange = z
  .object({ nome: nome.optional(), email }, { error: EXPECTED })
  .refine((change) => change.nome !== undefined || change.email !== undefined, {
    error: 'Informe nome ou email.',
    path: ['nome'],
    params: { code: 'required' },
  });

/** The tenant's consultants: a name and an e-mail are one consultant's alone. */
export function consultantRoutes({ database }: { database: Database }): Router {
  const router = Router();

  router
    .route('/consultants')
    .get(noQuery, async (_request, response) => {
      response.json({ consultants: await database.tenant(tenantOf(response), listConsultants) });
    })
    .post(async (request, response) => {
      const given = check(newConsultant, request.body);
      const result = await database.tenant(tenantOf(response), (rows) => addConsultant(rows, given));
      if ('taken' in result) throw new Problem('consultant_taken', whoTook(result.taken));
      if ('known' in result) response.status(200).json(result.known);
      else response.status(201).json(result.added);
    })
    .all(otherMethods);

  router
    .route('/consultants/:id')
    .patch(async (request, response) => {
      const id = z.uuid().safeParse(request.params.id);
      if (!id.success) throw new Problem('consultant_not_found');
      const change = check(consultantChange, request.body);
      const result = await database.tenant(tenantOf(response), (rows) =>
        changeConsultant(rows, id.data, change),
      );
      if (!result) throw new Problem('consultant_not_found');
      if ('taken' in result) throw new Problem('consultant_taken', whoTook(result.taken));
      response.json(result.changed);
    })
    .all(otherMethods);

  return router;
}

function whoTook({ name, email: address }: Taken): FieldProblem[] {
  const fields: FieldProblem[] = [];
  if (name) {
    const message = `Já existe um consultor com este nome. Para mudá-lo, use PATCH /v1/consultants/${name.id}.`;
    fields.push({ field: 'nome', code: 'name_taken', message });
  }
  if (address) {
    const message = `Este e-mail já é de ${address.nome} (/v1/consultants/${address.id}).`;
    fields.push({ field: 'email', code: 'email_taken', message });
  }
  return fields;
}
