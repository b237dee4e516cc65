import { Router } from 'express';
import { z } from 'zod';
import { changeChannel, changeChatwootToken, listChannels } from '../db/channels.ts';
import type { Database } from '../db/database.ts';
import type { Sealing } from '../db/sealing.ts';
import { tenantOf } from './authentication.ts';
import { check, Problem } from './problems.ts';

const token = z
  .string({ error: 'Informe o token.' })
  .trim()
  .regex(/^[\x21-\x7e]{1,2000}$/, { error: 'O token não pode ter espaços nem acentos.' });

const rate = 'Informe as mensagens por segundo, de 0,1 a 1000.';

const channelChange = z
  .object({
    state: z.enum(['active', 'paused'], { error: 'Informe active (retomar) ou paused (pausar).' }).optional(),
    token: token.optional(),
    messages_per_second: z
      .number({ error: rate })
      .min(0.1, { error: rate })
      .max(1_000, { error: rate })
      .optional(),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), {
    error: 'Informe state, token ou messages_per_second.',
  });

/** The tenant's numbers: what is paused and why, and how it goes on. */
export function channelRoutes({ database, sealing }: { database: Database; sealing: Sealing }): Router {
  const router = Router();

  router.get('/channels', async (_request, response) => {
    response.json({ channels: await database.together(tenantOf(response), listChannels) });
  });

  router.patch('/channels/:id', async (request, response) => {
    const id = z.uuid().safeParse(request.params.id);
    if (!id.success) throw new Problem('channel_not_found');
    const { state, token: given, messages_per_second } = check(channelChange, request.body);
    const change = { state, token: given, messagesPerSecond: messages_per_second };
    const channels = await database.tenant(tenantOf(response), async (rows) => {
      if (!(await changeChannel(rows, sealing, id.data, change))) throw new Problem('channel_not_found');
      return listChannels(rows);
    });
    response.json(channels.find((channel) => channel.id === id.data));
  });

  router.patch('/chatwoot', async (request, response) => {
    const { token: given } = check(z.object({ token }), request.body);
    await database.tenant(tenantOf(response), (rows) => changeChatwootToken(rows, sealing, given));
    response.json({ token: 'changed' });
  });

  return router;
}
