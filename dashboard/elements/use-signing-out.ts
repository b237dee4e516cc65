import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { SIGNING_OUT, signOut, signOutEverywhere } from '../api/session.ts';
import { toastFailed } from './toasts.ts';

/** The person's own way out: of this device, or of every one; then to the sign-in page. */
export function useSigningOut() {
  const navigate = useNavigate();
  const client = useQueryClient();
  return useMutation({
    mutationKey: SIGNING_OUT,
    mutationFn: (from: 'here' | 'everywhere') => (from === 'here' ? signOut() : signOutEverywhere()),
    onSuccess: async () => {
      await navigate('/entrar');
      client.clear();
    },
    onError: toastFailed,
  });
}
