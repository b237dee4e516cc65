import { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import { readNumber } from '../connections/number-reading.ts';
import { faultOf } from '../connections/whatsapp-trial.ts';
import { type Channel, listChannels } from '../db/channels.ts';
import type { Database } from '../db/database.ts';
import { openNumber } from '../db/official-channels.ts';
import type { Sealing } from '../db/sealing.ts';
import { listTemplates } from '../db/templates.ts';
import { tenantOf } from './authentication.ts';
import { otherMethods } from './methods.ts';
import { check, type FieldProblem, Problem } from './problems.ts';
import { faultWords } from './whatsapp-words.ts';

const channelId = z.uuid({ error: 'Informe o id de um número.' }).optional();
export const templateQuery = z.strictObject({ channel_id: channelId });
export const ofChannel = z.strictObject(
  { channel_id: channelId },
  { error: 'Envie um objeto JSON com channel_id, ou nada.' },
);

type Needs = { database: Database; sealing: Sealing };

/** The tenant's WhatsApp templates, as last heard of: which of them may be sent, and what stops the others. */
export function templateRoutes({ database, sealing }: Needs): Router {
  const list = (tenantId: string, channel: string | undefined) =>
    database.together(tenantId, (rows) => listTemplates(rows, channel ?? null));

  const show: RequestHandler = async (request, response) => {
    const { channel_id } = check(templateQuery, request.query, 'invalid_query');
    response.json({ templates: await list(tenantOf(response), channel_id) });
  };

  /** Asks Meta about one number; what keeps it from answering is returned. */
  async function readNow(tenantId: string, channel: Channel): Promise<FieldProblem | null> {
    const number = await database.tenant(tenantId, (rows) => openNumber(rows, sealing, channel.id));
    if (!number) return null;
    try {
      await readNumber(database, { tenantId, channelId: channel.id }, number);
      return null;
    } catch (error) {
      const problem = faultWords(faultOf(error), { number: number.phoneNumberId, account: true });
      return { ...problem, message: `Número "${channel.name}": ${problem.message}` };
    }
  }

  const sync: RequestHandler = async (request, response) => {
    const { channel_id } = request.body === undefined ? {} : check(ofChannel, request.body);
    const tenantId = tenantOf(response);
    const all = await database.tenant(tenantId, listChannels);
    const channels = all.filter(({ id }) => channel_id === undefined || id === channel_id);
    if (channels.length === 0 && channel_id !== undefined) throw new Problem('channel_not_found');
    const problems = await Promise.all(channels.map((channel) => readNow(tenantId, channel)));
    const failed = problems.filter((problem) => problem !== null);
    if (failed.length > 0) {
      const passing = failed.every(({ code }) => code === 'unreachable');
      throw new Problem(passing ? 'whatsapp_unavailable' : 'whatsapp_refused', failed);
    }
    response.json({ templates: await list(tenantId, channel_id) });
  };

  const router = Router();
  router.route('/templates').get(show).all(otherMethods);
  router.route('/templates/sync').post(sync).all(otherMethods);
  return router;
}
