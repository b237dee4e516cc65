import { template, templateList } from '../../../contract/listings.ts';
import { ofChannel, templateQuery } from '../../templates.ts';
import { described, type Subject } from '../operation.ts';
import { STOP_SINCE } from './channel-schemas.ts';

export const templates: Subject = {
  name: 'Templates',
  description: 'Os templates dos números, como a Meta os tem; sincronizados a cada hora e por webhook.',
  schemas: [
    described(template, {
      name: 'Template',
      fields: {
        channel_id: 'O número.',
        name: 'O nome na Meta.',
        language: { description: 'O idioma.', examples: ['pt_BR'] },
        category: { description: 'A categoria na Meta.', examples: ['MARKETING', 'UTILITY'] },
        status: { description: 'O status na Meta.', examples: ['APPROVED', 'PAUSED', 'REJECTED'] },
        quality: { description: 'A qualidade na Meta.', examples: ['GREEN', 'YELLOW', 'RED'] },
        components: 'As partes, como a Meta as descreve: HEADER, BODY, FOOTER, BUTTONS.',
        synced_at: 'Quando se soube disso.',
        stop: 'Por que nada sai com ele; nulo se sai.',
      },
    }),
    described(template.shape.stop.unwrap(), {
      fields: {
        reason: 'O motivo.',
        stopped_by: 'Um erro de envio, ou a própria Meta.',
        since: STOP_SINCE,
      },
    }),
    described(ofChannel, {
      name: 'TemplateSync',
      fields: { channel_id: 'Só os deste número; sem ele, de todos.' },
    }),
    described(templateList, { name: 'TemplateList', fields: { templates: 'Os templates.' } }),
  ],
  operations: [
    {
      id: 'listTemplates',
      method: 'get',
      path: '/v1/templates',
      summary: 'Lista os templates',
      query: described(templateQuery, { fields: { channel_id: 'Só os deste número.' } }),
      answers: { 200: { description: 'Os templates.', schema: templateList } },
    },
    {
      id: 'syncTemplates',
      method: 'post',
      path: '/v1/templates/sync',
      summary: 'Pergunta à Meta agora',
      body: { schema: ofChannel, optional: true, examples: { 'Todos os números': {} } },
      answers: { 200: { description: 'Os templates, como estão.', schema: templateList } },
      problems: ['channel_not_found', 'whatsapp_refused', 'whatsapp_unavailable'],
    },
  ],
};
