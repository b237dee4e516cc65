import { Alert, Badge, Button, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay, IconPlugConnected, IconSettings } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { ConnectionTest } from '../../../src/contract/connection.ts';
import type { Channel } from '../../../src/contract/listings.ts';
import { send } from '../../api/client.ts';
import { keys } from '../../api/query-keys.ts';
import { useZone } from '../../api/session.ts';
import { Confirm } from '../../elements/confirm.tsx';
import { ConnectionTestResult } from '../../elements/connection-test.tsx';
import { FailureNotice } from '../../elements/failure-notice.tsx';
import { toastDone, toastFailed } from '../../elements/toasts.ts';
import { fullWhen } from '../../words/formatting.ts';
import { ChannelForm } from './channel-form.tsx';
import { CONNECTION, limitName, PAUSED_BY, pauseReason, QUALITY } from './channel-words.ts';

/** One number: how it is, what is paused and why, and what can be done. */
export function ChannelCard({ channel }: { channel: Channel }) {
  const [isPausing, setIsPausing] = useState(false);
  const [isEditing, setIsEditing] = useState(false);
  const queryClient = useQueryClient();
  const change = useMutation({
    mutationFn: (state: Channel['state']) => send('PATCH', `/v1/channels/${channel.id}`, { state }),
    onSuccess: async (_answer, state) => {
      await queryClient.invalidateQueries({ queryKey: keys.channels });
      toastDone(
        state === 'active'
          ? 'Número retomado. As mensagens que esperavam saem em até um minuto.'
          : 'Número pausado. Nada sai por ele até você retomar.',
      );
    },
    onError: toastFailed,
  });
  const test = useMutation({
    mutationFn: () => send<ConnectionTest>('POST', `/v1/channels/${channel.id}/test`, {}),
  });
  const isStopped = channel.state === 'paused' || channel.stopped_templates.length > 0;
  return (
    <Stack
      component="article"
      className="surface"
      p={{ base: 'md', sm: 'lg' }}
      gap="md"
      aria-label={channel.name}
    >
      <Group justify="space-between" align="flex-start" gap="sm">
        <Stack gap={4}>
          <Group gap="xs">
            <Title order={2} size="h3">
              {channel.name}
            </Title>
            <StateBadge channel={channel} />
          </Group>
          <Text size="sm" c="dimmed">
            {channel.kind === 'whatsapp_cloud'
              ? `API oficial do WhatsApp · id ${channel.phone_number_id}`
              : `Evolution API · instância ${channel.instance}`}
          </Text>
        </Stack>
        <Group gap="xs">
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlugConnected size={16} />}
            loading={test.isPending}
            onClick={() => test.mutate()}
          >
            Testar
          </Button>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconSettings size={16} />}
            onClick={() => setIsEditing(true)}
          >
            Alterar
          </Button>
          {isStopped ? (
            <Button
              size="xs"
              leftSection={<IconPlayerPlay size={16} />}
              loading={change.isPending}
              onClick={() => change.mutate('active')}
            >
              Retomar
            </Button>
          ) : (
            <Button
              size="xs"
              variant="default"
              leftSection={<IconPlayerPause size={16} />}
              loading={change.isPending}
              onClick={() => setIsPausing(true)}
            >
              Pausar
            </Button>
          )}
        </Group>
      </Group>
      <Stops channel={channel} />
      <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="md">
        <Fact name="Ritmo">
          {channel.messages_per_second.toLocaleString('pt-BR', { maximumFractionDigits: 2 })} por segundo
        </Fact>
        {channel.kind === 'whatsapp_cloud' ? (
          <>
            <Fact name="Qualidade">
              <Badge variant="light" tt="none" color={QUALITY[channel.quality ?? 'UNKNOWN']?.color ?? 'gray'}>
                {QUALITY[channel.quality ?? 'UNKNOWN']?.name ?? channel.quality}
              </Badge>
            </Fact>
            <Fact name="Limite da Meta">
              {channel.messaging_limit ? limitName(channel.messaging_limit) : 'ainda não informado'}
            </Fact>
            <Fact name="Repasse ao Chatwoot">{channel.relay_url ? 'ligado' : 'desligado'}</Fact>
          </>
        ) : (
          <Fact name="Conexão">
            {channel.connection ? (
              <Badge variant="light" tt="none" color={CONNECTION[channel.connection].color}>
                {CONNECTION[channel.connection].name}
              </Badge>
            ) : (
              'ainda não informada'
            )}
          </Fact>
        )}
      </SimpleGrid>
      {test.data && <ConnectionTestResult test={test.data} />}
      {test.error && <FailureNotice error={test.error} onRetry={() => test.mutate()} />}
      <Confirm
        opened={isPausing}
        title={`Pausar ${channel.name}?`}
        text="Nenhuma mensagem sai por este número até você retomar. Os leads esperam e nada se perde."
        action="Pausar"
        onConfirm={() => change.mutate('paused')}
        onClose={() => setIsPausing(false)}
      />
      {isEditing && <ChannelForm channel={channel} onClose={() => setIsEditing(false)} />}
    </Stack>
  );
}

function StateBadge({ channel }: { channel: Channel }) {
  if (channel.state === 'paused') {
    return (
      <Badge color="red" variant="light" tt="none">
        pausado
      </Badge>
    );
  }
  return channel.stopped_templates.length > 0 ? (
    <Badge color="orange" variant="light" tt="none">
      modelo parado
    </Badge>
  ) : (
    <Badge color="verde" variant="light" tt="none">
      enviando
    </Badge>
  );
}

function Stops({ channel }: { channel: Channel }) {
  const zone = useZone();
  const { paused_by: by, paused_until: until } = channel;
  return (
    <>
      {channel.state === 'paused' && (
        <Alert color="red" variant="light" title={`Pausado ${by ? PAUSED_BY[by] : ''}`}>
          <Text size="sm">
            {pauseReason(channel)}{' '}
            {until
              ? `Volta sozinho em ${fullWhen(until, zone)}.`
              : by === 'provider'
                ? 'Volta sozinho quando a Meta liberar; se já liberou, clique em Retomar.'
                : 'Resolva a causa e clique em Retomar.'}
          </Text>
        </Alert>
      )}
      {channel.stopped_templates.map(({ template, language, reason }) => (
        <Alert
          key={`${template} ${language}`}
          color="orange"
          variant="light"
          title={`Modelo ${template} (${language}) parado`}
        >
          <Text size="sm">{reason}</Text>
        </Alert>
      ))}
    </>
  );
}

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <Stack gap={2}>
    <Text size="xs" c="dimmed">
      {name}
    </Text>
    <Text size="sm" component="div" className="tabular">
      {children}
    </Text>
  </Stack>
);
