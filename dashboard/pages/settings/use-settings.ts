import { useQueryClient } from '@tanstack/react-query';
import type { TenantSettings } from '../../../src/domain/settings.ts';
import { send } from '../../api/client.ts';
import type { ApiProblem } from '../../api/problem.ts';
import { settingsQuery } from '../../api/settings.ts';
import { toastDone } from '../../elements/toasts.ts';
import { useSaving } from '../../elements/use-saving.ts';

/** Saves some of the tenant's settings, as a form holds them. */
export function useSettingsSaving(values: Partial<TenantSettings>) {
  const queryClient = useQueryClient();
  return useSaving({
    values,
    save: (change) => send<TenantSettings>('PATCH', '/v1/settings', change),
    onSaved: (after) => {
      queryClient.setQueryData(settingsQuery.queryKey, after);
      toastDone('Configuração salva. Vale em até 5 segundos.');
    },
  });
}

/** The words for a field and for all that is inside of it: `rework.days` for `rework`. */
export function errorWithin(problem: ApiProblem | undefined, field: string): string | undefined {
  return problem?.fields.find((error) => error.field === field || error.field.startsWith(`${field}.`))
    ?.message;
}
