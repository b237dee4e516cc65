import { notifications } from '@mantine/notifications';
import { sentenceOf } from '../api/problem.ts';

/** Something was done. */
export function toastDone(message: string): void {
  notifications.show({ message, color: 'verde', autoClose: 4_000 });
}

/** Something was refused or failed: stays long enough to be read. */
export function toastFailed(error: unknown): void {
  notifications.show({
    title: 'Não foi possível',
    message: sentenceOf(error),
    color: 'red',
    autoClose: 10_000,
  });
}
