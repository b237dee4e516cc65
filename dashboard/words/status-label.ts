import type { TenantSettings } from '../../src/domain/settings.ts';

/** What the tenant calls a value of `status_indicacao`; the value itself where that is not known. */
export function statusLabel(
  settings: Pick<TenantSettings, 'referralStatuses'> | undefined,
  value: string,
): string {
  return settings?.referralStatuses.find((status) => status.value === value)?.label ?? value;
}
