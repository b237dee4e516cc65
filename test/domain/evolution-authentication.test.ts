import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { evolutionTokenValid, secretHeaderValid } from '../../src/domain/evolution-authentication.ts';

const SECRET = 'um segredo longo o bastante';
const NOW = 1_773_144_932;
const CLAIMS = { iat: NOW - 30, exp: NOW + 570, app: 'evolution', action: 'webhook' };

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const tokenOf = (
  claims: object,
  { header = { alg: 'HS256', typ: 'JWT' } as object, secret = SECRET, algorithm = 'sha256' } = {},
) => {
  const signed = `${base64url(header)}.${base64url(claims)}`;
  return `${signed}.${createHmac(algorithm, secret).update(signed).digest('base64url')}`;
};
const valid = (token: string, secrets = [SECRET], at = NOW) =>
  evolutionTokenValid(`Bearer ${token}`, secrets, new Date(at * 1000));

describe('the token', () => {
  test('as Evolution makes it fits, under any of two secrets', () => {
    const token = tokenOf(CLAIMS);
    expect(valid(token)).toBe(true);
    expect(valid(token, ['novo', SECRET])).toBe(true);
    expect(valid(token, [SECRET, 'novo'])).toBe(true);
    expect(evolutionTokenValid(`bearer ${token}`, [SECRET], new Date(NOW * 1000))).toBe(true);
  });

  test('a token made by another program fits', () => {
    const token =
      'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9' +
      '.eyJpYXQiOjE3NzMxNDQ5MDIsImV4cCI6MTc3MzE0NTUwMiwiYXBwIjoiZXZvbHV0aW9uIiwiYWN0aW9uIjoid2ViaG9vayJ9' +
      '.BPkWGPprs4uusbTvmPDu3pLeBX4rG9X0Dj0yneKX__M';
    expect(valid(token)).toBe(true);
  });

  test('another secret, none, or an empty one does not fit', () => {
    expect(valid(tokenOf(CLAIMS), ['outro'])).toBe(false);
    expect(valid(tokenOf(CLAIMS), [])).toBe(false);
    expect(valid(tokenOf(CLAIMS, { secret: '' }), [''])).toBe(false);
  });

  test('no algorithm but HS256 is taken, whatever the signature', () => {
    const none = `${base64url({ alg: 'none' })}.${base64url(CLAIMS)}`;
    expect(valid(`${none}.`)).toBe(false);
    expect(valid(tokenOf(CLAIMS, { header: { alg: 'none' } }))).toBe(false);
    expect(valid(tokenOf(CLAIMS, { header: { alg: 'hs256' } }))).toBe(false);
    expect(valid(tokenOf(CLAIMS, { header: { alg: 'HS512' } }))).toBe(false);
    expect(valid(tokenOf(CLAIMS, { header: { alg: 'HS512' }, algorithm: 'sha512' }))).toBe(false);
    expect(valid(tokenOf(CLAIMS, { header: { alg: 'HS256' }, algorithm: 'sha512' }))).toBe(false);
    expect(valid(tokenOf(CLAIMS, { header: {} }))).toBe(false);
    expect(valid(tokenOf(CLAIMS, { header: { alg: ['HS256'] } }))).toBe(false);
    expect(valid(tokenOf(CLAIMS, { header: { alg: 'HS256', crit: ['exp'] } }))).toBe(false);

    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const signed = `${base64url({ alg: 'RS256' })}.${base64url(CLAIMS)}`;
    expect(
      valid(`${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`, [pem]),
    ).toBe(false);
    expect(valid(tokenOf(CLAIMS, { header: { alg: 'RS256' }, secret: pem }), [pem])).toBe(false);
  });

  test.each<[string, object]>([
    ['another app', { app: 'revolution' }],
    ['no app', { app: undefined }],
    ['another action', { action: 'login' }],
    ['no action', { action: undefined }],
    ['no exp', { exp: undefined }],
    ['exp as a text', { exp: String(NOW + 570) }],
    ['exp null', { exp: null }],
    ['made in the future', { iat: NOW + 61 }],
    ['iat as a text', { iat: 'now' }],
    ['not yet valid', { nbf: NOW + 61 }],
  ])('%s does not fit', (_name, change) => expect(valid(tokenOf({ ...CLAIMS, ...change }))).toBe(false));

  test.each([
    [-600, true],
    [59, true],
    [60, false],
    [3600, false],
  ])('%d s after it expired: %s', (after, expected) => {
    expect(valid(tokenOf({ ...CLAIMS, iat: NOW - 9999, exp: NOW }), [SECRET], NOW + after)).toBe(expected);
  });

  test('clocks may be a minute apart', () => {
    expect(valid(tokenOf({ ...CLAIMS, iat: NOW + 60, nbf: NOW + 60 }))).toBe(true);
    expect(valid(tokenOf({ exp: CLAIMS.exp, app: 'evolution', action: 'webhook' }))).toBe(true);
  });

  test('nothing that is no such header fits', () => {
    const headers = [
      undefined,
      '',
      'Bearer',
      'Bearer ',
      'Bearer a.b.c',
      'Basic dXNlcjpwYXNz',
      tokenOf(CLAIMS),
      `Token ${tokenOf(CLAIMS)}`,
      `Bearer ${tokenOf(CLAIMS)}.x`,
      `Bearer ${tokenOf(CLAIMS)} `,
      `Bearer ${tokenOf(CLAIMS).slice(0, -1)}`,
      `Bearer ${tokenOf(CLAIMS)}=`,
      `Bearer ${base64url([])}.${base64url(null)}.${'A'.repeat(43)}`,
      `Bearer ${'A'.repeat(2_000_000)}.A.${'A'.repeat(43)}`,
    ];
    for (const header of headers) {
      expect(evolutionTokenValid(header, [SECRET], new Date(NOW * 1000))).toBe(false);
    }
  });

  test('no changed character of a token fits', () => {
    const token = tokenOf(CLAIMS);
    fc.assert(
      // The last character of a signature holds two bits that mean nothing.
      fc.property(fc.nat({ max: token.length - 2 }), fc.constantFrom(...'AZaz09-_'), (at, other) => {
        fc.pre(token[at] !== other);
        expect(valid(token.slice(0, at) + other + token.slice(at + 1))).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  test('any header is taken without throwing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(evolutionTokenValid(text, [SECRET], new Date())).toBe(false);
        expect(valid(text)).toBe(false);
      }),
    );
  });
});

describe('the secret header', () => {
  test('fits one of the secrets, exactly', () => {
    expect(secretHeaderValid(SECRET, [SECRET])).toBe(true);
    expect(secretHeaderValid(SECRET, ['novo', SECRET])).toBe(true);
    expect(secretHeaderValid(SECRET, [SECRET, 'novo'])).toBe(true);
  });

  test.each([undefined, '', ` ${SECRET}`, SECRET.slice(1), `${SECRET}x`, SECRET.toUpperCase()])(
    '%j does not fit',
    (given) => expect(secretHeaderValid(given, [SECRET])).toBe(false),
  );

  test('no secret, or an empty one, lets nobody in', () => {
    expect(secretHeaderValid('', [''])).toBe(false);
    expect(secretHeaderValid(undefined, [''])).toBe(false);
    expect(secretHeaderValid('x', [])).toBe(false);
  });
});
