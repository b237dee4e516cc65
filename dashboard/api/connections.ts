import { queryOptions } from '@tanstack/react-query';
import type { ApiKey, Chatwoot, ChatwootDirectory, Flow } from '../../src/contract/connection.ts';
import type { Channel } from '../../src/contract/listings.ts';
import { get } from './client.ts';
import { keys, settingKeys } from './query-keys.ts';

/** The tenant's numbers, official ones and Evolution instances. */
export const channelsQuery = queryOptions({
  queryKey: keys.channels,
  queryFn: async ({ signal }) => (await get<{ channels: Channel[] }>('/v1/channels', {}, signal)).channels,
});

/** Which number and templates the leads of each source are written with. */
export const flowsQuery = queryOptions({
  queryKey: settingKeys.flows,
  queryFn: async ({ signal }) => (await get<{ flows: Flow[] }>('/v1/flows', {}, signal)).flows,
});

/** The connection to Chatwoot, without its secrets. */
export const chatwootQuery = queryOptions({
  queryKey: settingKeys.chatwoot,
  queryFn: ({ signal }) => get<Chatwoot>('/v1/chatwoot', {}, signal),
});

/** What Chatwoot has to choose from; asked there, so it may fail. */
export const directoryQuery = queryOptions({
  queryKey: [...settingKeys.chatwoot, 'directory'],
  queryFn: ({ signal }) => get<ChatwootDirectory>('/v1/chatwoot/directory', {}, signal),
  retry: false,
  staleTime: 60_000,
});

/** The tenant's API keys, those revoked among them. */
export const apiKeysQuery = queryOptions({
  queryKey: settingKeys.apiKeys,
  queryFn: async ({ signal }) => (await get<{ api_keys: ApiKey[] }>('/v1/api-keys', {}, signal)).api_keys,
});
