import { Pool } from 'pg';

/**
 * Connections for the sign-in library, which knows no tenants: they see the schema `auth`, and of the product's
 * tables no row.
 */
export function openSignInPool(url: string, onError: (error: Error) => void): Pool {
  const pool = new Pool({
    connectionString: url,
    application_name: 'lead-flow sign-in',
    options: '-c role=leadflow_app -c search_path=auth -c idle_in_transaction_session_timeout=60000',
    max: 3,
    connectionTimeoutMillis: 5_000,
    query_timeout: 20_000,
    keepAlive: true,
  });
  pool.on('error', onError);
  return pool;
}
