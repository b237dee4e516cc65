import type { TenantRows } from '../db/database.ts';
import type { Sealing } from '../db/sealing.ts';
import type { TenantSettings } from '../domain/settings.ts';

/** What applying one tenant's events works with. */
export type ApplyContext = { rows: TenantRows; sealing: Sealing; settings: TenantSettings };

/** An event that was applied, and what came of it. */
export type Applied = { id: number; outcome: string };
