import { type Accounts, tellApart } from '../../src/domain/one-person.ts';

const person = (id: string, accounts: Partial<Accounts> = {}, hinted = false) => ({
  id,
  hinted,
  accounts: { bsuid: [], lid: [], ...accounts },
});
type Somebody = ReturnType<typeof person>;

const told = (seen: Partial<Accounts>, people: Somebody[], renamed = false) => {
  const { one, others } = tellApart({ bsuid: [], lid: [], ...seen }, people, renamed);
  const ids = (list: Somebody[]) => list.map(({ id }) => id).join(' ');
  return `${ids(one)} | ${ids(others)}`;
};

test.each<[string, Partial<Accounts>, Somebody[], string]>([
  ['people without accounts are one', {}, [person('a'), person('b')], 'a b | '],
  ['the account is learnt by who has none', { bsuid: ['1'] }, [person('a')], 'a | '],
  [
    'an account of the other kind is no contradiction',
    { bsuid: ['1'] },
    [person('a', { lid: ['7'] })],
    'a | ',
  ],
  ['another account is somebody else', { bsuid: ['2'] }, [person('a', { bsuid: ['1'] })], ' | a'],
  ['one of several accounts is enough', { lid: ['2'] }, [person('a', { lid: ['1', '2'] })], 'a | '],
  [
    'who has the account is certain, also where they are younger',
    { lid: ['2'] },
    [person('a', { lid: ['1'] }), person('b', { lid: ['2'] })],
    'b | a',
  ],
  [
    'two who contradict each other are not one: the oldest has what both have',
    {},
    [person('a', { bsuid: ['1'] }), person('b', { bsuid: ['2'] }), person('c')],
    'a c | b',
  ],
  [
    'but whom a hint means goes first',
    {},
    [person('a', { bsuid: ['1'] }), person('b', { bsuid: ['2'] }, true), person('c')],
    'b c | a',
  ],
  [
    'a hint proves nothing against the account',
    { bsuid: ['2'] },
    [person('a', { bsuid: ['1'] }, true)],
    ' | a',
  ],
  [
    'what two certain ones have counts against the rest',
    { bsuid: ['1'], lid: ['2'] },
    [person('a', { bsuid: ['1'] }), person('b', { lid: ['2'] }), person('c', { bsuid: ['3'] })],
    'a b | c',
  ],
])('%s', (_, seen, people, expected) => {
  expect(told(seen, people)).toBe(expected);
});

test('who said themselves that their number changed may have another account', () => {
  const people = [person('a', { bsuid: ['1'] }, true), person('b', { bsuid: ['3'] })];
  expect(told({ bsuid: ['2'] }, people, true)).toBe('a | b');
});
