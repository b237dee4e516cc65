import { Alert, Button, Group, PasswordInput, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ApiProblem, sentenceOf } from '../../api/problem.ts';
import { changePassword } from '../../api/session.ts';
import { toastDone } from '../../elements/toasts.ts';

const EMPTY = { current: '', next: '', again: '' };

/** Sets another password; what is wrong with a field is said at it. */
export function PasswordForm() {
  const [typed, setTyped] = useState(EMPTY);
  const [isOther, setIsOther] = useState(false);
  const changing = useMutation({
    mutationFn: () => changePassword(typed.current, typed.next),
    onSuccess: () => {
      setTyped(EMPTY);
      toastDone('Senha trocada. Os outros aparelhos foram desconectados.');
    },
  });
  const problem = changing.error instanceof ApiProblem ? changing.error : null;
  const atFields = [problem?.fieldError('currentPassword'), problem?.fieldError('newPassword')];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const differs = typed.next !== typed.again;
    setIsOther(differs);
    if (!differs) changing.mutate();
  };
  const field = (name: keyof typeof EMPTY) => ({
    value: typed[name],
    required: true,
    withAsterisk: false,
    visibilityToggleButtonProps: { 'aria-label': 'Mostrar a senha' },
    onChange: ({ currentTarget }: { currentTarget: HTMLInputElement }) =>
      setTyped({ ...typed, [name]: currentTarget.value }),
  });

  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {changing.error && !atFields.some(Boolean) && (
          <Alert role="alert" color="red" variant="light">
            {sentenceOf(changing.error)}
          </Alert>
        )}
        <PasswordInput
          label="Senha atual"
          autoComplete="current-password"
          error={atFields[0]}
          {...field('current')}
        />
        <PasswordInput
          label="Senha nova"
          description="Pelo menos 10 caracteres; uma frase curta é fácil de lembrar."
          autoComplete="new-password"
          minLength={10}
          error={atFields[1]}
          {...field('next')}
        />
        <PasswordInput
          label="Senha nova, de novo"
          autoComplete="new-password"
          error={isOther && 'As duas senhas novas são diferentes. Digite a mesma nas duas vezes.'}
          {...field('again')}
        />
        <Group justify="flex-end">
          <Button type="submit" loading={changing.isPending}>
            Trocar a senha
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
