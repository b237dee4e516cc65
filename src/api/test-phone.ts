import { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import type { TestPhone, TestPhoneReply } from '../contract/connection.ts';
import type { Database } from '../db/database.ts';
import { isNumberOfLead, numbersOfLeads } from '../db/test-phone.ts';
import { actAs, listPhones, TestPhoneError } from '../providers/test-phone/client.ts';
import { tenantOf } from './authentication.ts';
import { noQuery, otherMethods } from './methods.ts';
import { check, Problem } from './problems.ts';

const PRESSED = 'Informe o botão como ele veio: payload e text.';
const WRITTEN = 'Informe o texto, de 1 a 4096 caracteres.';

export const testPhoneAnswer = z
  .strictObject(
    {
      wa_id: z
        .string({ error: 'Informe o wa_id de um dos telefones.' })
        .trim()
        .regex(/^[\w.]{5,40}$/, { error: 'Informe o wa_id de um dos telefones, só com algarismos.' }),
      text: z
        .string({ error: WRITTEN })
        .max(4096, { error: WRITTEN })
        .refine((text) => text.trim() !== '', { error: WRITTEN, params: { code: 'required' } })
        .optional(),
      button: z
        .strictObject(
          {
            payload: z.string({ error: PRESSED }).min(1, { error: PRESSED }),
            text: z.string({ error: PRESSED }),
          },
          { error: PRESSED },
        )
        .optional(),
    },
    { error: 'Envie um objeto JSON com wa_id e text, ou wa_id e button.' },
  )
  .refine(({ text, button }) => (text === undefined) !== (button === undefined), {
    error: 'Informe text ou button: um dos dois.',
    path: ['text'],
    params: { code: 'one_of' },
  });

type Needs = { database: Database; testPhoneUrl: string | undefined };

/**
 * The sandbox's fake phone, on which one reads messages as the lead would, presses their buttons and answers. Of
 * its phones a tenant sees those of its own leads. Where there is no sandbox, there is no phone: 404.
 */
export function testPhoneRoutes({ database, testPhoneUrl }: Needs): Router {
  const sandboxUrl = (): string => {
    if (testPhoneUrl === undefined) throw new Problem('no_test_phone');
    return testPhoneUrl;
  };

  const show: RequestHandler = async (_request, response) => {
    const url = sandboxUrl();
    const numbers = await database.tenant(tenantOf(response), (rows) => numbersOfLeads(rows, url));
    const found = numbers.size > 0 ? await asked(() => listPhones(url, [...numbers.keys()])) : [];
    const phones = found.map((phone) => ({ ...phone, name: numbers.get(phone.wa_id) ?? phone.wa_id }));
    response.json({ phones } satisfies TestPhone);
  };

  const answer: RequestHandler = async (request, response) => {
    const url = sandboxUrl();
    const { wa_id: waId, text, button } = check(testPhoneAnswer, request.body);
    const known = await database.tenant(tenantOf(response), (rows) => isNumberOfLead(rows, url, waId));
    if (!known) throw new Problem('phone_not_found');
    const id = await asked(() => actAs(url, waId, button ? { button } : { text: text ?? '' }));
    response.status(202).json({ id } satisfies TestPhoneReply);
  };

  const router = Router();
  router.route('/test-phone').get(noQuery, show).all(otherMethods);
  router.route('/test-phone/replies').post(answer).all(otherMethods);
  return router;
}

async function asked<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof TestPhoneError) throw new Problem('test_phone_unavailable');
    throw error;
  }
}
