import { queryOptions } from '@tanstack/react-query';
import type { Consultant, Template } from '../../src/contract/listings.ts';
import type { TenantSettings } from '../../src/domain/settings.ts';
import { get } from './client.ts';
import { keys } from './query-keys.ts';

/** What the tenant decides. */
export const settingsQuery = queryOptions({
  queryKey: keys.settings,
  queryFn: ({ signal }) => get<TenantSettings>('/v1/settings', {}, signal),
});

/** The consultants, by name. */
export const consultantsQuery = queryOptions({
  queryKey: keys.consultants,
  queryFn: ({ signal }) => get<{ consultants: Consultant[] }>('/v1/consultants', {}, signal),
});

/** The numbers' templates as Meta has them. */
export const templatesQuery = queryOptions({
  queryKey: keys.templates,
  queryFn: ({ signal }) => get<{ templates: Template[] }>('/v1/templates', {}, signal),
  staleTime: 5 * 60_000,
});
