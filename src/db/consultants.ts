import { nameKey } from '../domain/consultant.ts';
import type { Query, TenantRows } from './database.ts';

/** A consultant as the API shows them. */
export type Consultant = { id: string; nome: string; email: string | null; chatwoot_agent_id: number | null };

/** Who has the name or the e-mail already: each is one consultant's alone. */
export type Taken = { name: Consultant | null; email: Consultant | null };

const COLUMNS = 'id, name as nome, email, chatwoot_agent_id';

export async function listConsultants({ query }: TenantRows): Promise<Consultant[]> {
  return query<Consultant>(`select ${COLUMNS} from consultant order by name_key`);
}

/**
 * Adds a consultant. One of that name who has that e-mail, or whose e-mail is not asked about (undefined), is there
 * already: `known`. Anybody else who has the name or the e-mail stands in the way, and nothing is changed.
 */
export async function addConsultant(
  { query }: TenantRows,
  given: { nome: string; email?: string | null | undefined },
): Promise<{ added: Consultant } | { known: Consultant } | { taken: Taken }> {
  await oneAtATime(query);
  const { name, email } = await whoHas(query, given, null);
  const same = given.email === undefined || sameEmail(given.email, name?.email ?? null);
  if (name && same) return { known: name };
  if (name || email) return { taken: { name, email: email?.id === name?.id ? null : email } };
  const [added] = await query<Consultant>(
    `insert into consultant (tenant_id, name, name_key, email) values (current_tenant(), $1, $2, $3)
     returning ${COLUMNS}`,
    [given.nome, nameKey(given.nome), given.email ?? null],
  );
  if (!added) throw new Error('the consultant was not added');
  return { added };
}

/**
 * Changes what is given of a consultant; an e-mail of null is taken away, an agent of null is found by the e-mail
 * again. Null where there is no such consultant;
 * where another has the name or the e-mail, nothing is changed.
 */
export async function changeConsultant(
  { query }: TenantRows,
  id: string,
  change: {
    nome?: string | undefined;
    email?: string | null | undefined;
    agentId?: number | null | undefined;
  },
): Promise<{ changed: Consultant } | { taken: Taken } | null> {
  await oneAtATime(query);
  const taken = await whoHas(query, change, id);
  if (taken.name || taken.email) return { taken };
  const [changed] = await query<Consultant>(
    `update consultant set name = coalesce($2, name), name_key = coalesce($3, name_key),
       email = case when $4 then $5 else email end,
       chatwoot_agent_id = case when $6 then $7 else chatwoot_agent_id end
     where id = $1 returning ${COLUMNS}`,
    [
      id,
      change.nome ?? null,
      change.nome === undefined ? null : nameKey(change.nome),
      change.email !== undefined,
      change.email ?? null,
      change.agentId !== undefined,
      change.agentId ?? null,
    ],
  );
  return changed ? { changed } : null;
}

/** Two who would take one name or e-mail take their turns, so that the second is told who has it. */
async function oneAtATime(query: Query): Promise<void> {
  await query('select from tenant where id = current_tenant() for no key update');
}

async function whoHas(
  query: Query,
  given: { nome?: string | undefined; email?: string | null | undefined },
  but: string | null,
): Promise<Taken> {
  const key = given.nome === undefined ? null : nameKey(given.nome);
  const found = await query<Consultant & { name_key: string }>(
    `select ${COLUMNS}, name_key from consultant
     where (name_key = $1 or lower(email) = lower($2)) and id is distinct from $3`,
    [key, given.email ?? null, but],
  );
  const consultants = found.map(({ name_key, ...consultant }) => ({ name_key, consultant }));
  return {
    name: consultants.find(({ name_key }) => name_key === key)?.consultant ?? null,
    email:
      (given.email &&
        consultants.find(({ consultant }) => sameEmail(consultant.email, given.email ?? null))?.consultant) ||
      null,
  };
}

const sameEmail = (one: string | null, other: string | null) => one?.toLowerCase() === other?.toLowerCase();
