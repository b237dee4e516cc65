import { Router } from 'express';
import { z } from 'zod';
import type { Database } from '../db/database.ts';
import { leaveWord } from '../db/outbox.ts';
import { decideAttempt } from '../db/sends.ts';
import { tenantOf } from './authentication.ts';
import { otherMethods } from './methods.ts';
import { check, Problem } from './problems.ts';

export const decision = z.strictObject(
  {
    decision: z.enum(['arrived', 'send_again'], {
      error: 'Informe arrived (a mensagem chegou) ou send_again (enviar de novo).',
    }),
  },
  { error: 'Envie um objeto JSON com decision.' },
);

/** A person decides about a send of which nobody knows whether it left. */
export function unknownSendRoutes({ database }: { database: Database }): Router {
  const router = Router();
  router
    .route('/send-attempts/:id/decision')
    .post(async (request, response) => {
      const id = z.uuid().safeParse(request.params.id);
      if (!id.success) throw new Problem('attempt_not_found');
      const attemptId = id.data;
      const ended = check(decision, request.body).decision === 'arrived' ? 'accepted' : 'not_sent';
      await database.tenant(tenantOf(response), async (rows) => {
        const [attempt] = await rows.query<{ lead_id: string }>(
          'select lead_id from send_attempt where id = $1',
          [attemptId],
        );
        if (!attempt || !(await decideAttempt(rows, attemptId, ended, 'person'))) {
          throw new Problem('attempt_not_found');
        }
        await leaveWord(rows, [
          { leadId: attempt.lead_id, kind: 'signal', payload: { type: 'settled', attemptId } },
        ]);
      });
      response.status(202).json({ attempt_id: attemptId, state: ended });
    })
    .all(otherMethods);
  return router;
}
