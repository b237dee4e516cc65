import { Group, Stack, Text } from '@mantine/core';
import type { Overview } from '../../../src/contract/overview.ts';
import { count, shareOf } from '../../words/formatting.ts';
import classes from './overview.module.css';

const STEPS = [
  ['sent', 'Enviada'],
  ['delivered', 'Entregue'],
  ['read', 'Lida'],
  ['replied', 'Respondida'],
] as const;

const STAGES = { main: 'Primeiro contato', rework: 'Retrabalho' } as const;

/** How far the messages came: of the first contact and of the rework, each as a share of what was sent. */
export function Funnel({ funnel }: { funnel: Overview['funnel'] }) {
  return (
    <Stack gap="lg">
      {funnel.map((stage) => (
        <Stack key={stage.stage} gap={8}>
          <Text size="sm" fw={600}>
            {STAGES[stage.stage]}
          </Text>
          {STEPS.map(([step, name]) => (
            <div key={step}>
              <Group justify="space-between" gap="xs" mb={3}>
                <Text size="xs" c="dimmed">
                  {name}
                </Text>
                <Text size="xs" className="tabular">
                  {count(stage[step])}
                  {step !== 'sent' && stage.sent > 0 && (
                    <Text span size="xs" c="dimmed">
                      {' '}
                      · {shareOf(stage[step], stage.sent)}
                    </Text>
                  )}
                </Text>
              </Group>
              <div className={classes.track} aria-hidden>
                <div
                  className={stage.stage === 'main' ? classes.main : classes.rework}
                  style={{ width: `${stage.sent === 0 ? 0 : (stage[step] / stage.sent) * 100}%` }}
                />
              </div>
            </div>
          ))}
        </Stack>
      ))}
    </Stack>
  );
}
