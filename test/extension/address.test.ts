import { hostPattern, readAddress, readSite } from '../../extension/server/address.ts';

test.each([
  ['https://leads.exemplo.com.br', 'https://leads.exemplo.com.br'],
  [' leads.exemplo.com.br/ ', 'https://leads.exemplo.com.br'],
  ['https://exemplo.com.br/lead-flow/', 'https://exemplo.com.br/lead-flow'],
  ['localhost:8080', 'http://localhost:8080'],
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
])('%j is the server %s', (typed, url) => expect(readAddress(typed)).toEqual({ ok: true, url }));

test.each([
  ['', /^Informe/],
  ['http://leads.exemplo.com.br', /https/],
  ['http://10.0.0.5:8080', /https/],
  ['ftp://exemplo.com.br', /não é um endereço/],
  ['https://', /não é um endereço/],
])('%j is no server to send a key to', (typed, message) => {
  expect(readAddress(typed)).toEqual({ ok: false, message: expect.stringMatching(message) });
});

test('a site is its origin, whatever of it was pasted; call screens may be without TLS', () => {
  expect(readSite('http://pabx.local:8088/tela?id=7#x')).toEqual({ ok: true, url: 'http://pabx.local:8088' });
  expect(readSite('crm.exemplo.com.br/chamada')).toEqual({ ok: true, url: 'https://crm.exemplo.com.br' });
  expect(readSite('chrome://settings')).toMatchObject({ ok: false });
});

test('a permission is for a host, whatever its port', () => {
  expect(hostPattern('http://127.0.0.1:8080')).toBe('http://127.0.0.1/*');
});
