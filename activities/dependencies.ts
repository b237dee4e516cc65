import type { Logger } from 'pino';
import type { Database } from '../src/db/database.ts';
import type { Sealing } from '../src/db/sealing.ts';
import type { WakeRule } from '../src/domain/business-calendar.ts';
import type { TenantSettings } from '../src/domain/settings.ts';
import type { Connections } from './connections.ts';

/** How looking through one connection ended. */
export type SweepEnd = 'done' | 'failed' | 'unauthorized';

/** What the activities work with; given once, when the worker starts. */
export type Dependencies = {
  database: Database;
  sealing: Sealing;
  connections: Connections;
  /** The tenant's settings, at most some seconds old. */
  settingsOf: (tenantId: string) => Promise<TenantSettings>;
  log: Logger;
  /** Called when the sweep has looked through one connection. */
  onSwept?: (source: string, end: SweepEnd) => void;
  /** When a lead referred (or first written to) at `from` wakes; tests put an instant of theirs in. */
  wakeAt: (from: Date, rule: WakeRule) => Date;
};

/** Which step of which lead: all that an activity is told. */
export type StepOf = {
  tenantId: string;
  leadId: string;
  referralId: string;
  stage: 'main' | 'rework';
  /** How many times the referral's rework was put off before, for a step that each round has anew. */
  round?: number;
};
