import { createDocument } from 'zod-openapi';
import { COOKIE_PREFIX } from '../session-cookie.ts';
import { INTRODUCTION } from './introduction.ts';
import type { Subject } from './operation.ts';
import { pathsOf } from './paths.ts';
import { PROBLEM_SCHEMAS, problemExamples } from './problem-answers.ts';
import { wording } from './schemas.ts';
import { SUBJECTS } from './subjects.ts';

/** The API as an OpenAPI 3.1 document, made from the schemas that check requests and shape answers. */
export function openApiDocument(subjects: readonly Subject[] = SUBJECTS) {
  const unasked = subjects.flatMap((subject) => subject.unasked ?? []);
  const schemas = [...subjects.flatMap((subject) => subject.schemas), ...unasked, ...PROBLEM_SCHEMAS];
  return createDocument(
    {
      openapi: '3.1.1',
      info: {
        title: 'Lead Flow',
        version: '1.0.0',
        summary: 'Indicações pela API oficial do WhatsApp, sem perder, repetir nem incomodar ninguém.',
        description: INTRODUCTION,
      },
      servers: [{ url: '/', description: 'Este servidor' }],
      security: [{ bearer: [] }, { header: [] }, { session: [] }],
      tags: subjects.map(({ name, description }) => ({ name, description })),
      paths: pathsOf(subjects),
      components: {
        schemas: Object.fromEntries(unasked.map(({ name, schema }) => [String(name), schema])),
        examples: problemExamples(),
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            description: 'A chave da API, como `Authorization: Bearer CHAVE`.',
          },
          header: {
            type: 'apiKey',
            in: 'header',
            name: 'X-Api-Key',
            description: 'A mesma chave, sozinha.',
          },
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: `${COOKIE_PREFIX}.session_token`,
            description:
              'A sessão de quem entrou no painel; sobre https o nome começa com `__Secure-`. Só páginas deste servidor mudam algo com ela.',
          },
        },
      },
    },
    { override: wording(schemas) },
  );
}
