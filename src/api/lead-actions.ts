import { Router } from 'express';
import { askForRework, clearAttention } from '../db/lead-actions.ts';
import { readLeadPage } from '../db/lead-page.ts';
import { settingsReader } from '../db/tenants.ts';
import { qualifiedValues } from '../domain/settings.ts';
import { tenantOf } from './authentication.ts';
import { leadAnswers } from './lead-answers.ts';
import { leadLinks } from './lead-links.ts';
import { type LeadsOptions, leadIdOf } from './leads.ts';
import { noBody, otherMethods } from './methods.ts';
import { forbidsRework } from './no-rework-label.ts';
import { optOutLead } from './opt-outs.ts';
import { Problem } from './problems.ts';

/** What a supervisor who asks for the rework now reads about when it comes. */
const REWORK_NOTES = {
  main: 'O retrabalho começa assim que o primeiro contato terminar.',
  waiting:
    'O retrabalho começa em instantes. No horário de silêncio, ou com o limite semanal atingido, a mensagem espera.',
} as const;

/** What people may do to one lead. */
export function leadActionRoutes({ database, sealing, ...ui }: LeadsOptions): Router {
  const settingsOf = settingsReader(database);
  const linksOf = leadLinks(ui);
  const answers = leadAnswers(ui);
  const router = Router();

  router
    .route('/leads/:id/rework-now')
    .post(noBody, async (request, response) => {
      const tenantId = tenantOf(response);
      const leadId = leadIdOf(request.params.id);
      const settings = await settingsOf(tenantId);
      const by = {
        qualified: qualifiedValues(settings),
        forbidden: await forbidsRework({ database, sealing }, tenantId, leadId, settings.noReworkLabel),
      };
      const rework = await database.tenant(tenantId, (rows) => askForRework(rows, leadId, by));
      if (!rework) throw new Problem('lead_not_found');
      if ('refused' in rework) throw new Problem(`lead_${rework.refused}`);
      response
        .status(202)
        .json({ lead_id: leadId, note: REWORK_NOTES[rework.askedIn], links: linksOf(leadId) });
    })
    .all(otherMethods);

  router
    .route('/leads/:id/opt-out')
    // Whatever else is said with it, the person is left alone.
    .post(async (request, response) => {
      const leadId = leadIdOf(request.params.id);
      await database.tenant(tenantOf(response), (rows) => optOutLead(rows, sealing, leadId));
      response.status(202).json({ lead_id: leadId, links: linksOf(leadId) });
    })
    .all(otherMethods);

  router
    .route('/leads/:id/attention')
    .delete(async (request, response) => {
      const tenantId = tenantOf(response);
      const leadId = leadIdOf(request.params.id);
      const { messagePrices } = await settingsOf(tenantId);
      const page = await database.tenant(tenantId, async (rows) => {
        await clearAttention(rows, leadId);
        return readLeadPage(rows, leadId);
      });
      if (!page) throw new Problem('lead_not_found');
      response.json(answers.page(page, messagePrices));
    })
    .all(otherMethods);

  return router;
}
