import { isDeepStrictEqual } from 'node:util';
import { Router } from 'express';
import { z } from 'zod';
import { type Channel, listChannels } from '../db/channels.ts';
import type { Database, TenantRows } from '../db/database.ts';
import { addFlowVersion, type Flow, listFlows, lockFlow } from '../db/flows.ts';
import { listTemplates } from '../db/templates.ts';
import { BUTTON_MEANINGS } from '../domain/button.ts';
import { lineField } from '../domain/referral.ts';
import { tenantOf } from './authentication.ts';
import { noQuery, otherMethods } from './methods.ts';
import { someField } from './partial-change.ts';
import { check, type FieldProblem, Problem } from './problems.ts';
import { templateFaults } from './template-words.ts';

const EXPECTED = 'Envie um objeto JSON com channel_id, main ou rework.';
const STAGE = 'Informe um objeto com template, language ou buttons.';

export const stageChange = z.strictObject(
  {
    template: lineField(512, 'Informe o nome do modelo.').optional(),
    language: z
      .string({ error: 'Informe o idioma do modelo, como pt_BR.' })
      .regex(/^[a-z]{2,3}(_[A-Za-z]{2,4})?$/, { error: 'Informe o idioma do modelo, como pt_BR.' })
      .optional(),
    buttons: z
      .array(
        z.enum(BUTTON_MEANINGS, {
          error: `Informe o que o botão significa: ${BUTTON_MEANINGS.join(', ')}.`,
        }),
        {
          error: `Informe uma lista do que os botões significam, na ordem deles: ${BUTTON_MEANINGS.join(', ')}.`,
        },
      )
      .max(10, { error: 'Um modelo tem no máximo 10 botões.' })
      .optional(),
  },
  { error: STAGE },
);

export const flowChange = z
  .strictObject(
    {
      channel_id: z.uuid({ error: 'Informe o id de um número.' }).optional(),
      main: stageChange.optional(),
      rework: stageChange.optional(),
    },
    { error: EXPECTED },
  )
  .check(someField(EXPECTED));

/** Which number and which templates leads are written to with. A change holds for the leads that come after it. */
export function flowRoutes({ database }: { database: Database }): Router {
  const router = Router();

  router
    .route('/flows')
    .get(noQuery, async (_request, response) => {
      response.json({ flows: await database.together(tenantOf(response), listFlows) });
    })
    .all(otherMethods);

  router
    .route('/flows/:id')
    .patch(async (request, response) => {
      const id = z.uuid().safeParse(request.params.id);
      if (!id.success) throw new Problem('flow_not_found');
      const change = check(flowChange, request.body);
      const changed = await database.tenant(tenantOf(response), async (rows) => {
        const flow = await lockFlow(rows, id.data);
        if (!flow) throw new Problem('flow_not_found');
        const next = { ...flow, channel_id: change.channel_id ?? flow.channel_id };
        for (const name of ['main', 'rework'] as const) next[name] = { ...flow[name], ...change[name] };
        if (isDeepStrictEqual(next, flow)) return flow;
        await refuseUnfit(rows, flow, next);
        return { ...next, version: await addFlowVersion(rows, next) };
      });
      response.json(changed);
    })
    .all(otherMethods);

  return router;
}

/** What stays as it was is not asked about: a template that Meta has paused must not keep the other from a change. */
async function refuseUnfit(rows: TenantRows, flow: Flow, next: Flow): Promise<void> {
  const channel = officialChannel(await listChannels(rows), next.channel_id);
  const templates = await listTemplates(rows, channel.id);
  const fields: FieldProblem[] = [];
  for (const name of ['main', 'rework'] as const) {
    if (next.channel_id === flow.channel_id && isDeepStrictEqual(next[name], flow[name])) continue;
    for (const { part, code, message } of templateFaults(next[name], templates, channel.name)) {
      fields.push({ field: `${name}.${part}`, code, message });
    }
  }
  if (fields.length > 0) throw new Problem('invalid_body', fields);
}

function officialChannel(channels: readonly Channel[], id: string): Channel {
  const channel = channels.find((one) => one.id === id);
  const official = channels.filter(({ kind }) => kind === 'whatsapp_cloud');
  const there = official.map((one) => `${one.id} "${one.name}"`).join(', ') || 'nenhum';
  if (channel?.kind === 'whatsapp_cloud') return channel;
  const [code, what] = channel
    ? ['not_for_this_kind', `"${channel.name}" é uma instância da Evolution API, que não envia modelos.`]
    : ['unknown_channel', 'Não há número com este id.'];
  const message = `${what} Escolha um número da API oficial: ${there}.`;
  throw new Problem('invalid_body', [{ field: 'channel_id', code, message }]);
}
