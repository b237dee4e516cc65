import { contactActivities } from './contacts.ts';
import { conversationActivities } from './conversations.ts';
import type { Dependencies } from './dependencies.ts';
import { journeyActivities } from './journeys.ts';
import { sendActivities } from './sends.ts';
import { sweepActivities } from './sweep.ts';

export type { StepOf } from './dependencies.ts';
export type { Chapter, Verdict } from './journeys.ts';
export type { Sent } from './sends.ts';

/** Every side effect of the workflows. */
export function createActivities(deps: Dependencies) {
  return {
    ...contactActivities(deps),
    ...conversationActivities(deps),
    ...journeyActivities(deps),
    ...sendActivities(deps),
    ...sweepActivities(deps),
  };
}

export type Activities = ReturnType<typeof createActivities>;
