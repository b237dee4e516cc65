import { Alert, Button, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { useLocation, useNavigate, useSearchParams } from 'react-router';
import { sentenceOf } from '../../api/problem.ts';
import { signIn } from '../../api/session.ts';
import { Brand } from '../../shell/brand.tsx';
import { afterSignIn } from './after-sign-in.ts';
import { saysSessionEnded } from './session-ended.ts';
import classes from './sign-in.module.css';

/** E-mail and password; afterwards back to the page that was asked for. */
export function SignInPage() {
  useDocumentTitle('Entrar · Lead Flow');
  const [search] = useSearchParams();
  const { state } = useLocation();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const passwordField = useRef<HTMLInputElement>(null);
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const entering = useMutation({
    mutationFn: () => signIn(email.trim(), password),
    onSuccess: async () => {
      queryClient.clear();
      await navigate(afterSignIn(search.get('depois')), { replace: true });
    },
    onError: () => {
      setPassword('');
      passwordField.current?.focus();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    entering.mutate();
  };

  return (
    <main className={classes.page}>
      <Stack gap="xl" w="100%" maw={380}>
        <Brand size={40} />
        <Paper className="surface" p={{ base: 'lg', xs: 'xl' }} radius="lg">
          <form onSubmit={submit}>
            <Stack gap="md">
              <div>
                <Title order={1}>Entrar</Title>
                <Text c="dimmed" size="sm" mt={4}>
                  Acompanhe cada lead, da indicação à conversão.
                </Text>
              </div>
              {saysSessionEnded(state) && !entering.error && (
                <Alert role="alert" color="gray" variant="light" icon={<IconInfoCircle size={20} />}>
                  Sua sessão terminou. Entre de novo para continuar.
                </Alert>
              )}
              {entering.error && (
                <Alert role="alert" color="red" variant="light" icon={<IconAlertTriangle size={20} />}>
                  {sentenceOf(entering.error)}
                </Alert>
              )}
              <TextInput
                label="E-mail"
                type="email"
                name="email"
                autoComplete="username"
                placeholder="voce@empresa.com.br"
                size="md"
                required
                withAsterisk={false}
                autoFocus
                value={email}
                onChange={(event) => setEmail(event.currentTarget.value)}
              />
              <PasswordInput
                label="Senha"
                name="password"
                autoComplete="current-password"
                size="md"
                required
                withAsterisk={false}
                ref={passwordField}
                value={password}
                onChange={(event) => setPassword(event.currentTarget.value)}
                visibilityToggleButtonProps={{ 'aria-label': 'Mostrar a senha' }}
              />
              <Button type="submit" size="md" loading={entering.isPending} fullWidth mt={4}>
                Entrar
              </Button>
            </Stack>
          </form>
        </Paper>
        <Text c="dimmed" size="xs" ta="center">
          Esqueceu a senha? Peça uma nova a quem administra o Lead Flow.
        </Text>
      </Stack>
    </main>
  );
}
