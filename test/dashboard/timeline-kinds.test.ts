import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TIMELINE_KINDS } from '../../dashboard/words/timeline.ts';

const root = join(__dirname, '../..');

/** Every kind that a step or a statement writes into the timeline, as far as the sources say it literally. */
function kindsWritten(): string[] {
  const files = ['activities', 'src/db', 'src/inbox'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((file) => readFileSync(join(root, folder, file), 'utf8')),
  );
  const steps = files.flatMap((text) => [
    ...text.matchAll(/kind: '(\w+)',(?: besides: '\w+',)? result: /g),
    ...text.matchAll(/stage[^{}]*?kind: '(\w+)'/g),
    ...text.matchAll(/\.\.\.step, kind: '(\w+)'/g),
  ]);
  return [...new Set(steps.map(([, kind = '']) => kind))];
}

test('there are words for everything that is written into the timeline', () => {
  const written = kindsWritten();
  expect(written).toEqual(expect.arrayContaining(['contact_updated', 'rework_asked_for', 'asleep']));
  expect(written.filter((kind) => !TIMELINE_KINDS.includes(kind))).toEqual([]);
});
