import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { TenantSettings } from '../../../src/domain/settings.ts';
import { send } from '../../api/client.ts';
import { ApiProblem } from '../../api/problem.ts';
import { settingsQuery } from '../../api/settings.ts';
import { toastDone } from '../../elements/toasts.ts';

/** The tenant's settings, and what changes some of them. */
export function useSettings() {
  const queryClient = useQueryClient();
  const { data: settings, error, refetch } = useQuery(settingsQuery);
  const save = useMutation({
    mutationFn: (change: Partial<TenantSettings>) => send<TenantSettings>('PATCH', '/v1/settings', change),
    onSuccess: (after) => {
      queryClient.setQueryData(settingsQuery.queryKey, after);
      toastDone('Configuração salva. Vale em até 5 segundos.');
    },
  });
  const problem = save.error instanceof ApiProblem ? save.error : undefined;
  return { settings, error, refetch, save, problem };
}

/** The words for a field and for all that is inside of it: `rework.days` for `rework`. */
export function errorWithin(problem: ApiProblem | undefined, field: string): string | undefined {
  return problem?.fields.find((error) => error.field === field || error.field.startsWith(`${field}.`))
    ?.message;
}
