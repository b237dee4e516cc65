import { openGate, type SendStage } from '../../src/db/sends.ts';
import type { Product } from './product.ts';

/** Writes down that a message of the lead's newest referral is being sent, as the worker does before its call. */
export async function beginSend(
  { database, tenantId }: Product,
  leadId: string,
  stage: SendStage = 'main',
): Promise<{ attemptId: string; messageId: string; referralId: string }> {
  return database.tenant(tenantId, async (rows) => {
    const [lead] = await rows.query<{ id: string }>('select referral_id as id from lead where id = $1', [
      leadId,
    ]);
    const referralId = String(lead?.id);
    const gate = await openGate(
      rows,
      { leadId, referralId, stage },
      { qualified: ['qualificado'], resendAfterHours: 0, weeklyMessages: 100, quietUntil: null },
    );
    if (gate.kind !== 'go') throw new Error(`the gate says ${JSON.stringify(gate)}`);
    const [attempt] = await rows.query<{ id: string }>(
      'select message_id as id from send_attempt where id = $1',
      [gate.attemptId],
    );
    return { attemptId: gate.attemptId, messageId: String(attempt?.id), referralId };
  });
}
