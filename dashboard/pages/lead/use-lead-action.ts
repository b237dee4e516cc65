import { useMutation, useQueryClient } from '@tanstack/react-query';
import { keys } from '../../api/query-keys.ts';
import { toastDone, toastFailed } from '../../elements/toasts.ts';

/**
 * Something that is done to a lead: a toast says that it was, or why the server refused, and the lead is read again.
 * `act` may return the words to say.
 */
export function useLeadAction<Given = void>(
  leadId: string,
  act: (given: Given) => Promise<string>,
  onDone?: () => void,
) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: (words) => {
      toastDone(words);
      onDone?.();
    },
    onError: toastFailed,
    onSettled: () => client.invalidateQueries({ queryKey: keys.lead(leadId) }),
  });
}
