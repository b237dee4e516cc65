import type { LeadFilters } from '../../dashboard/api/lead-filters.ts';
import { patchList } from '../../dashboard/live/list-patching.ts';
import type { LeadLine } from '../../src/contract/lead.ts';
import { lineOf } from './lead-lines.ts';

const TODAY = '2026-11-20';
const LIST = {
  pages: [
    { leads: [lineOf('a'), lineOf('b')], next_cursor: 'next' },
    { leads: [lineOf('c')], next_cursor: null },
  ],
  pageParams: [null, 'next'],
};

const shown = (leads: LeadLine[], filters: LeadFilters = {}) =>
  patchList(LIST, leads, filters, TODAY).pages.map((page) => page.leads.map(({ id }) => id));

const arrived = (given: Partial<LeadLine> = {}) =>
  lineOf('x', { created_at: '2026-11-20T13:00:00.000Z', column: 'new', ...given });

describe('a list that the stream brings up to date', () => {
  test('a line is changed in its place, also where the filters no longer mean it', () => {
    const list = patchList(LIST, [lineOf('c', { column: 'converted' })], { column: 'contacted' }, TODAY);
    expect(list.pages[1]?.leads[0]?.column).toBe('converted');
    expect(list.pages[0]).toBe(LIST.pages[0]);
  });

  test('a new lead comes in at the head', () => {
    expect(shown([arrived()])).toEqual([['x', 'a', 'b'], ['c']]);
  });

  test.each([
    ['another column', { column: 'waiting' }],
    ['another consultant', { consultant: 'Bruno' }],
    ['days gone by', { until: '2026-11-19' }],
    ['what asks for attention', { attention: 'true' }],
    ['a search', { text: 'Maria' }],
  ] satisfies [string, LeadFilters][])('not where the filters mean %s', (_name, filters) => {
    expect(shown([arrived()], filters)).toEqual([['a', 'b'], ['c']]);
  });

  test('a lead that is older than the list begins is not news', () => {
    expect(shown([lineOf('old', { created_at: '2026-11-01T00:00:00.000Z' })])).toEqual([['a', 'b'], ['c']]);
  });

  test('what does not concern it leaves it as it is', () => {
    expect(patchList(LIST, [arrived()], { text: 'Maria' }, TODAY)).toBe(LIST);
  });
});
