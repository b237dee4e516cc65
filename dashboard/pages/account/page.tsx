import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { IconDevicesOff } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { meQuery } from '../../api/session.ts';
import { PageHeader } from '../../elements/page-header.tsx';
import { useSigningOut } from '../../elements/use-signing-out.ts';
import { PasswordForm } from './password-form.tsx';

/** One's own account: another password, and out of every device. */
export function AccountPage() {
  const { data: me } = useSuspenseQuery(meQuery);
  const signingOut = useSigningOut();
  return (
    <>
      <PageHeader
        title="Minha conta"
        description={me.user ? `${me.user.name} · ${me.user.email}` : me.tenant.name}
      />
      <Stack gap="md" maw={520}>
        <section className="surface" aria-labelledby="senha">
          <Stack p="lg" gap="md">
            <Title order={2} id="senha">
              Trocar a senha
            </Title>
            <PasswordForm />
          </Stack>
        </section>
        <section className="surface" aria-labelledby="aparelhos">
          <Stack p="lg" gap="xs">
            <Title order={2} id="aparelhos">
              Aparelhos
            </Title>
            <Text size="sm" c="dimmed">
              Perdeu um celular ou usou um computador emprestado? Saia de todos os aparelhos, também deste.
            </Text>
            <Group mt="xs">
              <Button
                variant="default"
                leftSection={<IconDevicesOff size={17} stroke={1.8} aria-hidden />}
                loading={signingOut.isPending}
                onClick={() => signingOut.mutate('everywhere')}
              >
                Sair de todos os aparelhos
              </Button>
            </Group>
          </Stack>
        </section>
      </Stack>
    </>
  );
}
