import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { type Outcome, outcomeName, type Stage, stageName } from '../src/domain/lead.ts';
import { NO_CONSULTANT, SEARCH_ATTRIBUTES } from '../src/domain/search-attributes.ts';
import type { Journey } from './journey.ts';

const keyword = (name: string) => defineSearchAttributeKey(name, SearchAttributeType.KEYWORD);
const STAGE = keyword(SEARCH_ATTRIBUTES.stage);
const OUTCOME = keyword(SEARCH_ATTRIBUTES.outcome);
const CONSULTANT = keyword(SEARCH_ATTRIBUTES.consultant);

/** Says in one line of the Temporal UI where the lead stands. */
export function say(line: string): void {
  setCurrentDetails(line);
}

/** Moves the journey to a stage and lets ops find it there. */
export function enter(journey: Journey, stage: Stage, line: string = stageName(stage)): void {
  say(line);
  if (journey.stage === stage) return;
  journey.stage = stage;
  upsertSearchAttributes([{ key: STAGE, value: stage }]);
}

/** The journey is over: ops find it by its outcome. */
export function finish(journey: Journey, outcome: Outcome): void {
  say(`Encerrado: ${outcomeName(outcome)}`);
  journey.stage = 'closed';
  upsertSearchAttributes([
    { key: STAGE, value: 'closed' },
    { key: OUTCOME, value: outcome },
  ]);
}

/** Another consultant has the lead now. */
export function handTo(consultantId: string | null): void {
  upsertSearchAttributes([{ key: CONSULTANT, value: consultantId ?? NO_CONSULTANT }]);
}
