import fc from 'fast-check';
import { fullerName } from '../../src/domain/person-name.ts';

const WHOLE = 'Maria Aparecida da Silva';

describe('the name kept of a person', () => {
  test.each([
    'Maria',
    'MARIA',
    'maria  aparecida',
    'Mária Aparecida',
    'Maria A.',
    'Maria A',
    'M. Aparecida',
    WHOLE,
  ])('%j only says the stored one shorter', (given) => expect(fullerName(WHOLE, given)).toBe(WHOLE));

  test.each([
    'Maria Souza',
    'Silva',
    'Aparecida',
    'Mariana',
    'Mar',
    'Maria S.',
    'Maria Aparecida da Silva Souza',
    'Dona Maria',
  ])('%j takes its place', (given) => expect(fullerName(WHOLE, given)).toBe(given));

  test('the first is kept, whatever it is', () => {
    expect(fullerName(null, 'Jo')).toBe('Jo');
    expect(fullerName('Jo', 'José')).toBe('José');
  });

  test('the first words of a name never replace it, and the name replaces its first words', () => {
    const word = fc.stringMatching(/^[A-Za-zÀ-ÖØ-Þà-öø-ÿ]{2,8}$/);
    const names = fc
      .array(word, { minLength: 2, maxLength: 5 })
      .chain((all) =>
        fc.record({ all: fc.constant(all), count: fc.integer({ min: 1, max: all.length - 1 }) }),
      );
    fc.assert(
      fc.property(names, ({ all, count }) => {
        const [whole, part] = [all.join(' '), all.slice(0, count).join(' ')];
        expect(fullerName(whole, part.toUpperCase())).toBe(whole);
        expect(fullerName(part, whole)).toBe(whole);
      }),
    );
  });
});
