import type { ButtonMeaning } from '../domain/button.ts';
import type { TenantRows } from './database.ts';

/** The template of one stage; `buttons` say what its quick replies mean, in their order. */
export type StageTemplate = { template: string; language: string; buttons: ButtonMeaning[] };

/** How the leads of one source are written to, in its newest version. */
export type Flow = {
  id: string;
  name: string;
  source: string;
  version: number;
  channel_id: string;
  main: StageTemplate;
  rework: StageTemplate;
};

const FLOW = `
  select f.id, f.name, f.source, f.version, v.channel_id, v.definition -> 'main' as main,
    v.definition -> 'rework' as rework
  from flow f join flow_version v on v.flow_id = f.id and v.version = f.version`;

/** The tenant's flows, the oldest first. */
export async function listFlows({ query }: TenantRows): Promise<Flow[]> {
  return query<Flow>(`${FLOW} order by f.created_at`);
}

/** One flow, held until the transaction ends, so that two changes come one after the other; null where there is none. */
export async function lockFlow({ query }: TenantRows, flowId: string): Promise<Flow | null> {
  await query('select from flow where id = $1 for no key update', [flowId]);
  const [flow] = await query<Flow>(`${FLOW} where f.id = $1`, [flowId]);
  return flow ?? null;
}

/**
 * Makes a version of the flow with what is given: leads that come from now on are written to so, those under way
 * keep the version that they came in with. Returns the version's number.
 */
export async function addFlowVersion(
  { query }: TenantRows,
  { id, channel_id: channelId, main, rework }: Flow,
): Promise<number> {
  const [added] = await query<{ version: number }>(
    `with next as (update flow set version = version + 1 where id = $1 returning id, version)
     insert into flow_version (tenant_id, flow_id, version, channel_id, chatwoot_connection_id, definition)
     select current_tenant(), n.id, n.version, $2, v.chatwoot_connection_id, v.definition || $3::jsonb
     from next n join flow_version v on v.flow_id = n.id and v.version = n.version - 1
     returning version`,
    [id, channelId, JSON.stringify({ main, rework })],
  );
  if (!added) throw new Error(`flow ${id} is not there`);
  return added.version;
}

/** The templates that flows write with over a channel, each once for each order of buttons. */
export async function templatesInUse({ query }: TenantRows, channelId: string): Promise<StageTemplate[]> {
  return query<StageTemplate>(
    `select distinct t.template, t.language, t.buttons
     from flow f join flow_version v on v.flow_id = f.id and v.version = f.version
     cross join lateral (values ('main'), ('rework')) as s(stage)
     cross join lateral jsonb_to_record(v.definition -> s.stage) as t(template text, language text, buttons text[])
     where v.channel_id = $1 and t.template is not null order by t.template, t.language`,
    [channelId],
  );
}
