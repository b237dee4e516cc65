import { createHash } from 'node:crypto';
import type { Database } from '../db/database.ts';
import { type Intake, isOvertaken, type NewReferral, storeReferral } from '../db/intake.ts';
import type { Sealing } from '../db/sealing.ts';
import { ORIGIN_API } from '../domain/lead.ts';
import type { Referral } from '../domain/referral.ts';
import { Problem } from './problems.ts';

/** What came of a referral that was taken. */
export type Taken = Exclude<Intake, { kind: 'no_flow' }>;

/**
 * Stores referrals, each in a transaction of its own, and anew where others got in between. One that comes again
 * under its idempotency key does nothing again. `startsIn`: a new lead is one of many, and is taken up in its turn,
 * after so many seconds at the earliest. Throws the problem `no_flow`.
 */
export function intake({ database, sealing }: { database: Database; sealing: Sealing }) {
  return async (
    tenantId: string,
    referral: Referral,
    key: string | null,
    startsIn?: number,
  ): Promise<Taken> => {
    const idempotency = key === null ? null : { key, bodyHash: hashOf(referral) };
    const store = () =>
      database.tenant(tenantId, (rows) =>
        storeReferral(rows, sealing, asStored(referral), idempotency, startsIn),
      );
    const taken = await store().catch((error) => {
      if (isOvertaken(error)) return store();
      throw error;
    });
    if (taken.kind === 'no_flow') throw new Problem('no_flow');
    return taken;
  };
}

/** A referral as it is stored. */
export function asStored(referral: Referral): NewReferral {
  return {
    origin: ORIGIN_API,
    name: referral.nome,
    phone: referral.telefone,
    cnpj: referral.cnpj,
    email: referral.email,
    notes: referral.observacoes,
    consultant: referral.consultor,
    statusValue: referral.status_indicacao,
  };
}

/** What the referral says, whatever the order or the language of its fields. */
export function hashOf(referral: Referral): Buffer {
  const fields = Object.entries(referral).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(fields)).digest();
}
