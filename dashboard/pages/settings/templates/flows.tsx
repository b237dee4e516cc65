import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { channelsQuery, flowsQuery } from '../../../api/connections.ts';
import { templatesQuery } from '../../../api/settings.ts';
import { FailureNotice } from '../../../elements/failure-notice.tsx';
import { RowSkeletons } from '../../../elements/row-skeletons.tsx';
import { FlowForm } from './flow-form.tsx';

/** Which number and templates the leads of each source are written with. */
export default function FlowSettings() {
  const flows = useQuery(flowsQuery);
  const channels = useQuery(channelsQuery);
  const templates = useQuery(templatesQuery);
  if (!flows.data || !channels.data || !templates.data) {
    const failed = [flows, channels, templates].find(({ error }) => error);
    if (failed) return <FailureNotice error={failed.error} onRetry={() => void failed.refetch()} />;
    return <RowSkeletons rows={3} height={160} />;
  }
  return (
    <Stack gap="md">
      {flows.data.map((flow) => (
        <FlowForm
          key={`${flow.id} ${flow.version}`}
          flow={flow}
          channels={channels.data}
          templates={templates.data.templates}
        />
      ))}
    </Stack>
  );
}
