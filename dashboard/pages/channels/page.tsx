import { Button, Stack } from '@mantine/core';
import { IconDeviceMobile, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { channelsQuery } from '../../api/connections.ts';
import { EmptyState } from '../../elements/empty-state.tsx';
import { FailureNotice } from '../../elements/failure-notice.tsx';
import { PageHeader } from '../../elements/page-header.tsx';
import { RowSkeletons } from '../../elements/row-skeletons.tsx';
import { Surface } from '../../elements/surface.tsx';
import { ChannelCard } from './channel-card.tsx';
import { NewChannel } from './new-channel.tsx';

/** The tenant's numbers: health, pace, quality, and what is paused and why. */
export function ChannelsPage() {
  const { data: channels, error, refetch } = useQuery(channelsQuery);
  const [isAdding, setIsAdding] = useState(false);
  return (
    <>
      <PageHeader
        title="Números"
        description="Por onde as mensagens saem: saúde, ritmo, qualidade e o que está pausado."
        actions={
          <Button leftSection={<IconPlus size={18} />} onClick={() => setIsAdding(true)}>
            Adicionar
          </Button>
        }
      />
      <Stack gap="md">
        {error && <FailureNotice error={error} onRetry={() => void refetch()} />}
        {!channels && !error && <RowSkeletons rows={2} height={180} />}
        {channels?.length === 0 && (
          <Surface>
            <EmptyState
              icon={IconDeviceMobile}
              title="Nenhum número ainda"
              text="Adicione o número oficial do WhatsApp pelo qual os modelos são enviados."
            />
          </Surface>
        )}
        {channels?.map((channel) => (
          <ChannelCard key={channel.id} channel={channel} />
        ))}
      </Stack>
      {isAdding && <NewChannel onClose={() => setIsAdding(false)} />}
    </>
  );
}
