import { verdictOf } from '../../extension/outbox/verdict.ts';

const problem = (status: number, code: string, errors?: unknown) => ({
  status,
  retryAfter: null,
  body: {
    type: `urn:lead-flow:problem:${code}`,
    title: 'Título.',
    status,
    code,
    ...(errors ? { errors } : {}),
  },
});
const answer = (status: number, body: unknown = null, retryAfter: string | null = null) => ({
  status,
  body,
  retryAfter,
});
const receipt = { lead_id: '0199b1c2-0000-7000-8000-000000000001', status: 'joined', referral_id: 'x' };

test('a receipt is taken', () => {
  expect(verdictOf(answer(202, receipt))).toEqual({
    kind: 'sent',
    receipt: { lead_id: receipt.lead_id, status: 'joined' },
  });
});

test.each([
  ['no answer', null, 'offline'],
  ['a key that is refused', problem(401, 'api_key_refused'), 'key_refused'],
  ['a key that may not', problem(403, 'forbidden'), 'key_refused'],
  ['a 401 of somebody else', answer(401, 'Unauthorized'), 'key_refused'],
  ['a sign-in page of the network', answer(200, '<html>'), 'wrong_server'],
  ['a 202 that is no receipt', answer(202, { ok: true }), 'wrong_server'],
  ['a 400 of somebody else', answer(400, 'Bad Request'), 'wrong_server'],
  ['an address that is not there', problem(404, 'not_found'), 'wrong_server'],
  ['no flow yet', problem(409, 'no_flow'), 'not_ready'],
  ['a database that is away', problem(503, 'unavailable'), 'server_failing'],
  ['a proxy without its server', answer(502, '<html>'), 'server_failing'],
] as const)('%s holds the queue', (_what, given, reason) => {
  expect(verdictOf(given)).toEqual({ kind: 'hold', reason, retryAfterMs: null });
});

test('who is asked to wait, waits that long', () => {
  expect(verdictOf(answer(429, null, '7'))).toEqual({ kind: 'hold', reason: 'busy', retryAfterMs: 7_000 });
  expect(verdictOf(answer(503, null, 'soon'))).toMatchObject({ retryAfterMs: null });
});

test('a key that was used with other words means that it is there already', () => {
  expect(verdictOf(problem(409, 'idempotency_key_reused'))).toEqual({ kind: 'sent', receipt: null });
});

test('fields to correct refuse this one referral', () => {
  const errors = [{ field: 'telefone', code: 'phone_invalid', message: 'Este telefone não existe.' }];
  expect(verdictOf(problem(400, 'invalid_body', errors))).toEqual({
    kind: 'refused',
    refusal: { title: 'Título.', errors: [{ field: 'telefone', message: 'Este telefone não existe.' }] },
  });
});
