import { Client, Connection } from '@temporalio/client';

/**
 * A client that connects when it is first used, so that its process starts and works while Temporal is away.
 * Calls are made within `connection.withDeadline`: what cannot be told in time is told later.
 */
export function openTemporal(options: { address: string; namespace: string }): {
  client: Client;
  connection: Connection;
} {
  const connection = Connection.lazy({ address: options.address, connectTimeout: '5s' });
  return { client: new Client({ connection, namespace: options.namespace }), connection };
}
