import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OUTCOMES, outcomeName, STAGES, stageName, timelineStageOf } from '../../src/domain/lead.ts';

test('stages map to the two parts of the timeline', () => {
  expect(STAGES.map(timelineStageOf)).toEqual(['main', 'main', 'rework', 'rework']);
});

test('every stage and outcome has a name of its own', () => {
  const names = [...STAGES.map(stageName), ...OUTCOMES.map(outcomeName)];
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain('Não convertido');
  for (const name of names) expect(name).toMatch(/^\p{Lu}/u);
});

test.each(['lead.ts', 'delivery.ts'])('%s imports nothing, so that workflow code can', (file) => {
  const source = readFileSync(join(import.meta.dirname, '../../src/domain', file), 'utf8');
  expect(source).not.toMatch(/^\s*(?:import|export .* from)\b|\bimport\(|\brequire\(/m);
});
