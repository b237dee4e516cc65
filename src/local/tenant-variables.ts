import { readTenantVariables as read, type TenantVariables } from '../deploy/tenant-variables.ts';
import { StartError } from './start-error.ts';

export type { ProviderCredentials, TenantVariables } from '../deploy/tenant-variables.ts';

/** Reads and checks them, as production does. Throws a StartError that names the first wrong or missing one. */
export function readTenantVariables(env: NodeJS.ProcessEnv): TenantVariables {
  try {
    return read(env);
  } catch (error) {
    throw new StartError((error as Error).message);
  }
}
