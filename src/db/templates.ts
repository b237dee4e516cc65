import type { JsonObject } from '../domain/loose-json.ts';
import { effectOfTemplateStatus } from '../domain/whatsapp-account.ts';
import type { TenantRows } from './database.ts';

/** One template in one language. */
export type TemplateName = { name: string; language: string };

/** A template as its tenant sees it; `stop` says why nothing is sent of it, null where it may be sent. */
export type TemplateLine = TemplateName & {
  channel_id: string;
  category: string | null;
  status: string;
  quality: string | null;
  components: unknown[];
  synced_at: Date;
  stop: { reason: string; stopped_by: 'error' | 'provider'; since: Date } | null;
};

/** The templates of all numbers, or of one, by name. */
export async function listTemplates(
  { query }: TenantRows,
  channelId: string | null = null,
): Promise<TemplateLine[]> {
  return query<TemplateLine>(
    `select t.channel_id, t.name, t.language, t.category, t.status, t.quality, t.components, t.synced_at,
       case when s.template is not null then jsonb_build_object('reason', s.reason, 'stopped_by', s.stopped_by,
         'since', s.created_at) end as stop
     from template t
     left join template_stop s on s.channel_id = t.channel_id and s.template = t.name and s.language = t.language
     where $1::uuid is null or t.channel_id = $1
     order by t.name, t.language, t.channel_id`,
    [channelId],
  );
}

/**
 * Keeps what WhatsApp said of a template's status at `at`, and stops or lifts its sending on these channels. Its
 * approval lifts a stop that an error made, too. False where something newer was known of all of them.
 */
export async function setTemplateStatus(
  rows: TenantRows,
  channelIds: readonly string[],
  template: TemplateName & { status: string; category: string | null; reason: string; at: Date },
): Promise<boolean> {
  const { name, language, status, category, reason, at } = template;
  // WhatsApp tells whole seconds.
  const changed = await rows.query<{ channel_id: string }>(
    `insert into template (tenant_id, channel_id, name, language, category, status, synced_at)
     select current_tenant(), c.id, $2, $3, $4, $5, $6 from unnest($1::uuid[]) as c(id) order by c.id
     on conflict (tenant_id, channel_id, name, language) do update set status = excluded.status,
       category = coalesce(excluded.category, template.category), synced_at = excluded.synced_at
       where date_trunc('second', template.synced_at) <= excluded.synced_at
     returning channel_id`,
    [channelIds, name, language, category, status, at],
  );
  for (const { channel_id: channelId } of changed) {
    const effect = effectOfTemplateStatus(status);
    if (effect === 'stop') await stopByProvider(rows, channelId, { name, language }, status, reason);
    if (effect === 'lift') await lift(rows, channelId, { name, language }, ['error', 'provider']);
  }
  return changed.length > 0;
}

/** Keeps what WhatsApp said besides of a template that is known; false where it is not. */
export async function changeTemplate(
  { query }: TenantRows,
  channelIds: readonly string[],
  template: TemplateName & { quality?: string; components?: readonly JsonObject[] },
): Promise<boolean> {
  const { name, language, quality, components } = template;
  const changed = await query(
    `update template set quality = coalesce($4, quality), components = coalesce($5, components)
     where channel_id = any ($1) and name = $2 and language = $3 returning name`,
    [channelIds, name, language, quality ?? null, components ? JSON.stringify(components) : null],
  );
  return changed.length > 0;
}

/** A template as the list of the business account has it. */
export type ListedTemplate = TemplateName & {
  category: string | null;
  status: string;
  quality: string | null;
  components: readonly unknown[];
};

/**
 * Makes the channel's templates those of the list that WhatsApp gave when asked at `askedAt`; one that is not in it
 * any more counts as deleted. What a webhook told since stays. A stop that an error made is lifted only by a
 * template that was not approved before: what is wrong in our own message does not mend by itself.
 */
export async function syncTemplates(
  rows: TenantRows,
  channelId: string,
  listed: readonly ListedTemplate[],
  askedAt: Date,
): Promise<void> {
  const changed = await rows.query<TemplateName & { status: string; was: string | null }>(
    `insert into template (tenant_id, channel_id, name, language, category, status, quality, components, synced_at)
     select distinct on (t.name, t.language) current_tenant(), $1, t.name, t.language, t.category, t.status, t.quality,
       t.components, $3
     from jsonb_to_recordset($2) as t(name text, language text, category text, status text, quality text,
       components jsonb) order by t.name, t.language
     on conflict (tenant_id, channel_id, name, language) do update set category = excluded.category,
       status = excluded.status, quality = coalesce(excluded.quality, template.quality),
       components = excluded.components, synced_at = excluded.synced_at
       where template.synced_at <= excluded.synced_at
     returning name, language, status, old.status as was`,
    [channelId, JSON.stringify(listed), askedAt],
  );
  const gone = await rows.query<TemplateName & { status: string; was: string | null }>(
    `update template t set status = 'DELETED', synced_at = $3
     where t.channel_id = $1 and t.status <> 'DELETED' and t.synced_at <= $3 and not exists (
       select from jsonb_to_recordset($2) as l(name text, language text)
       where l.name = t.name and l.language = t.language)
     returning t.name, t.language, t.status, old.status as was`,
    [channelId, JSON.stringify(listed), askedAt],
  );
  for (const { status, was, ...template } of [...changed, ...gone]) {
    const effect = effectOfTemplateStatus(status);
    if (effect === 'stop') await stopByProvider(rows, channelId, template, status, status);
    if (effect === 'lift') {
      const mended = was !== null && was !== status;
      await lift(rows, channelId, template, mended ? ['error', 'provider'] : ['provider']);
    }
  }
}

/** Meta's fuller words for the same status are not replaced by the bare status. */
async function stopByProvider(
  { query }: TenantRows,
  channelId: string,
  { name, language }: TemplateName,
  status: string,
  reason: string,
): Promise<void> {
  await query(
    `insert into template_stop as s (tenant_id, channel_id, template, language, reason, stopped_by)
     values (current_tenant(), $1, $2, $3, $5, 'provider')
     on conflict (tenant_id, channel_id, template, language) do update
       set reason = excluded.reason, stopped_by = 'provider'
       where s.stopped_by <> 'provider' or not starts_with(s.reason, $4) or excluded.reason <> $4`,
    [channelId, name, language, status, reason],
  );
}

async function lift(
  { query }: TenantRows,
  channelId: string,
  { name, language }: TemplateName,
  stoppedBy: readonly string[],
): Promise<void> {
  await query(
    `delete from template_stop where channel_id = $1 and template = $2 and language = $3
     and stopped_by = any ($4)`,
    [channelId, name, language, stoppedBy],
  );
}
