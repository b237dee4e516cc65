import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import {
  chatwootSignatureValid,
  metaSignatureValid,
  signChatwoot,
  signMeta,
} from '../../src/domain/signature.ts';
import { describeWithFixtures, sharedJson, sharedJsonNames } from './shared-fixtures.ts';

const SECRET = 'segredo';
// Meta's own way to write: escaped letters and slashes, which printing the JSON again would undo.
const RAW = Buffer.from('{"text":"n\\u00e3o \\/ sair"}');
const independent = (signed: string | Buffer, secret = SECRET) =>
  `sha256=${createHmac('sha256', secret).update(signed).digest('hex')}`;

describeWithFixtures('shared vectors', () => {
  type Vector = { scheme: string; secret: string; body: string; signature: string };
  const vectors = sharedJsonNames('.').includes('signatures.json')
    ? (sharedJson('signatures.json') as Vector[]).filter(({ scheme }) => scheme === 'meta')
    : [];

  test('are there', () => expect(vectors).toHaveLength(2));

  test('lower and upper case both fit, and the signature is Meta’s', () => {
    for (const { body, signature, secret } of vectors) {
      expect(metaSignatureValid(Buffer.from(body), signature, [secret])).toBe(true);
      expect(signMeta(Buffer.from(body), secret)).toBe(signature.toLowerCase().replace('sha256=', 'sha256='));
      const printedAgain = Buffer.from(JSON.stringify(JSON.parse(body)));
      expect(metaSignatureValid(printedAgain, signature, [secret])).toBe(false);
    }
  });
});

describe('Meta', () => {
  test('the right secret fits, also as the second of two', () => {
    expect(signMeta(RAW, SECRET)).toBe(independent(RAW));
    expect(metaSignatureValid(RAW, independent(RAW), [SECRET])).toBe(true);
    expect(metaSignatureValid(RAW, independent(RAW), ['novo', SECRET])).toBe(true);
    expect(metaSignatureValid(RAW, independent(RAW), [SECRET, 'novo'])).toBe(true);
  });

  test.each([
    ['no header', undefined],
    ['an empty header', ''],
    ['only the prefix', 'sha256='],
    ['no prefix', independent(RAW).slice(7)],
    ['another algorithm', independent(RAW).replace('sha256', 'sha1')],
    ['too short', independent(RAW).slice(0, -1)],
    ['too long', `${independent(RAW)}0`],
    ['another secret', independent(RAW, 'outro')],
    ['another body', independent('{}')],
    ['no hex', `sha256=${'g'.repeat(64)}`],
  ])('%s does not fit', (_name, header) => expect(metaSignatureValid(RAW, header, [SECRET])).toBe(false));

  test('no secret, or an empty one, lets nobody in', () => {
    expect(metaSignatureValid(RAW, independent(RAW), [])).toBe(false);
    expect(metaSignatureValid(RAW, independent(RAW, ''), [''])).toBe(false);
  });

  test('any body fits its own signature, and no other body does', () => {
    const bytes = fc.uint8Array({ minLength: 1 });
    fc.assert(
      fc.property(bytes, fc.string({ minLength: 1 }), fc.nat(), (body, secret, at) => {
        const header = signMeta(Buffer.from(body), secret);
        expect(metaSignatureValid(Buffer.from(body), header, [secret])).toBe(true);
        const changed = Buffer.from(body);
        changed[at % changed.length]! ^= 1;
        expect(metaSignatureValid(changed, header, [secret])).toBe(false);
      }),
    );
  });
});

describe('Chatwoot', () => {
  const timestamp = '1773144932';
  const at = (offset: number) => new Date((Number(timestamp) + offset) * 1000);
  const signature = independent(`${timestamp}.${RAW}`);
  const valid = (headers: { signature?: string; timestamp?: string }, now = at(0), secret = SECRET) =>
    chatwootSignatureValid(RAW, { signature: headers.signature, timestamp: headers.timestamp }, secret, now);

  test('signs timestamp, dot and body', () => {
    expect(signChatwoot(RAW, timestamp, SECRET)).toBe(signature);
    expect(valid({ signature, timestamp })).toBe(true);
  });

  test.each([
    [300, true],
    [-300, true],
    [301, false],
    [-301, false],
  ])('%d s away: %s', (offset, expected) =>
    expect(valid({ signature, timestamp }, at(offset))).toBe(expected),
  );

  test('the tolerance can be set', () => {
    expect(chatwootSignatureValid(RAW, { signature, timestamp }, SECRET, at(60), 30)).toBe(false);
    expect(chatwootSignatureValid(RAW, { signature, timestamp }, SECRET, at(60), 90)).toBe(true);
  });

  test('a timestamp that was not signed, is missing or is no number is refused', () => {
    expect(valid({ signature, timestamp: '1773144933' })).toBe(false);
    expect(valid({ signature })).toBe(false);
    expect(valid({ timestamp })).toBe(false);
    expect(valid({ signature: independent(`NaN.${RAW}`), timestamp: 'NaN' })).toBe(false);
    expect(valid({ signature: independent(`.${RAW}`), timestamp: '' })).toBe(false);
    expect(valid({ signature: independent(`${timestamp}.${RAW}`, ''), timestamp }, at(0), '')).toBe(false);
  });
});
