import { Badge, Button, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { IconMessage2, IconRefresh } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Template } from '../../../../src/contract/listings.ts';
import { send } from '../../../api/client.ts';
import { channelsQuery } from '../../../api/connections.ts';
import { keys } from '../../../api/query-keys.ts';
import { templatesQuery } from '../../../api/settings.ts';
import { EmptyState } from '../../../elements/empty-state.tsx';
import { FailureNotice } from '../../../elements/failure-notice.tsx';
import { RowSkeletons } from '../../../elements/row-skeletons.tsx';
import { Surface } from '../../../elements/surface.tsx';
import { toastDone, toastFailed } from '../../../elements/toasts.ts';
import { TemplatePreview } from './template-preview.tsx';

const STATUSES: Readonly<Record<string, { name: string; color: string }>> = {
  APPROVED: { name: 'aprovado', color: 'verde' },
  PENDING: { name: 'em análise', color: 'yellow' },
  REJECTED: { name: 'recusado', color: 'red' },
  PAUSED: { name: 'pausado', color: 'orange' },
  DISABLED: { name: 'desativado', color: 'red' },
  DELETED: { name: 'apagado', color: 'gray' },
};

/** The templates as Meta has them, each as it stands on a phone. */
export default function TemplateSettings() {
  const { data, error, refetch } = useQuery(templatesQuery);
  const templates = data?.templates;
  const { data: channels = [] } = useQuery(channelsQuery);
  const queryClient = useQueryClient();
  const sync = useMutation({
    mutationFn: () => send('POST', '/v1/templates/sync', {}),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: keys.templates });
      toastDone('Modelos sincronizados com a Meta.');
    },
    onError: toastFailed,
  });
  const numbers = channels.filter(({ kind }) => kind === 'whatsapp_cloud');
  return (
    <Surface
      title="Modelos da Meta"
      description="Sincronizados a cada hora e por webhook. Criam-se e mudam-se na Meta."
      aside={
        <Button
          variant="default"
          leftSection={<IconRefresh size={17} />}
          loading={sync.isPending}
          onClick={() => sync.mutate()}
        >
          Sincronizar agora
        </Button>
      }
    >
      {error && <FailureNotice error={error} onRetry={() => void refetch()} />}
      {!templates && !error && <RowSkeletons rows={3} height={120} />}
      {templates?.length === 0 && (
        <EmptyState
          icon={IconMessage2}
          title="Nenhum modelo ainda"
          text="Crie e aprove um na Meta e clique em Sincronizar agora."
        />
      )}
      <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }} spacing="lg">
        {templates?.map((template) => (
          <TemplateCard
            key={`${template.channel_id} ${template.name} ${template.language}`}
            template={template}
            number={
              numbers.length > 1 ? numbers.find(({ id }) => id === template.channel_id)?.name : undefined
            }
          />
        ))}
      </SimpleGrid>
    </Surface>
  );
}

function TemplateCard({ template, number }: { template: Template; number: string | undefined }) {
  const status = STATUSES[template.status];
  return (
    <Stack component="article" gap="xs" aria-label={template.name}>
      <Group gap="xs">
        <Title order={3} style={{ overflowWrap: 'anywhere' }}>
          {template.name}
        </Title>
        <Badge variant="light" tt="none" color={status?.color ?? 'gray'}>
          {status?.name ?? template.status}
        </Badge>
      </Group>
      <Text size="xs" c="dimmed">
        {[number, template.language, template.category?.toLowerCase()].filter(Boolean).join(' · ')}
      </Text>
      {template.stop && (
        <Text size="sm" c="orange.9">
          Parado: {template.stop.reason}
        </Text>
      )}
      <TemplatePreview template={template} />
    </Stack>
  );
}
