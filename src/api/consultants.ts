import { Router } from 'express';
import { z } from 'zod';
import { addConsultant, changeConsultant, listConsultants, type Taken } from '../db/consultants.ts';
import type { Database } from '../db/database.ts';
import type { Sealing } from '../db/sealing.ts';
import { emailField, lineField } from '../domain/referral.ts';
import { tenantOf } from './authentication.ts';
import { chatwootId } from './channel-fields.ts';
import { askChatwoot } from './chatwoot.ts';
import { noQuery, otherMethods } from './methods.ts';
import { someField } from './partial-change.ts';
import { check, type FieldProblem, Problem } from './problems.ts';

const nome = lineField(200, 'Informe o nome.');
/** Absent: not spoken of; null or blank: none. */
const email = z.preprocess(
  (value) => (typeof value === 'string' ? value.trim() || null : value),
  emailField.nullish(),
);

const EXPECTED = 'Envie um objeto JSON com nome e email.';
const AGENT = 'Informe o id de um agente do Chatwoot, ou null para achá-lo de novo pelo e-mail.';
export const newConsultant = z.strictObject({ nome, email }, { error: EXPECTED });
export const consultantChange = z
  .strictObject(
    { nome: nome.optional(), email, chatwoot_agent_id: chatwootId(AGENT).nullish() },
    { error: EXPECTED },
  )
  .check(someField('Informe nome, email ou chatwoot_agent_id.', ['nome']));

type Needs = { database: Database; sealing: Sealing };

/** The tenant's consultants: a name and an e-mail are one consultant's alone. */
export function consultantRoutes({ database, sealing }: Needs): Router {
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
      const { chatwoot_agent_id: agentId, ...change } = check(consultantChange, request.body);
      const tenantId = tenantOf(response);
      if (agentId) await requireAgent({ database, sealing }, tenantId, agentId);
      const result = await database.tenant(tenantId, (rows) =>
        changeConsultant(rows, id.data, { ...change, agentId }),
      );
      if (!result) throw new Problem('consultant_not_found');
      if ('taken' in result) throw new Problem('consultant_taken', whoTook(result.taken));
      response.json(result.changed);
    })
    .all(otherMethods);

  return router;
}

async function requireAgent(needs: Needs, tenantId: string, agentId: number): Promise<void> {
  const { agents } = await askChatwoot(needs, tenantId);
  if (agents.some(({ id }) => id === agentId)) return;
  const there = agents.map(({ id, name, email }) => `${id} (${name ?? email})`).join(', ');
  const message = `O Chatwoot não tem o agente ${agentId}. ${there ? `Há: ${there}.` : 'Não há nenhum.'}`;
  throw new Problem('invalid_body', [{ field: 'chatwoot_agent_id', code: 'unknown_agent', message }]);
}

function whoTook({ name, email: address }: Taken): FieldProblem[] {
  const fields: FieldProblem[] = [];
  if (name) {
    const message = 'Já existe um consultor com este nome. Altere o que existe, ou use outro nome.';
    fields.push({ field: 'nome', code: 'name_taken', message });
  }
  if (address) {
    const message = `Este e-mail já é de ${address.nome}. Use outro, ou altere aquele consultor.`;
    fields.push({ field: 'email', code: 'email_taken', message });
  }
  return fields;
}
