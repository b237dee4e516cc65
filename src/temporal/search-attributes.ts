import type { Client } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { SEARCH_ATTRIBUTES } from '../domain/search-attributes.ts';

/** A search attribute of type keyword. */
export const keyword = (name: string) => defineSearchAttributeKey(name, SearchAttributeType.KEYWORD);

const ALL = Object.values(SEARCH_ATTRIBUTES);

/** Registers the search attributes that the namespace does not have yet, and waits until it shows them. */
export async function registerSearchAttributes(client: Client): Promise<void> {
  const { namespace } = client.options;
  const known = async () => {
    const list = await client.connection.operatorService.listSearchAttributes({ namespace });
    return Object.keys(list.customAttributes ?? {});
  };
  const missing = async () => {
    const there = await known();
    return ALL.filter((name) => !there.includes(name));
  };
  const wanted = await missing();
  if (wanted.length === 0) return;
  const KEYWORD = 2; // temporal.api.enums.v1.IndexedValueType
  try {
    await client.connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(wanted.map((name) => [name, KEYWORD])),
    });
  } catch (error) {
    // Another worker was quicker.
    if ((await missing()).length > 0) throw error;
  }
  for (let look = 0; look < 50 && (await missing()).length > 0; look++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
