import { Button, Group, Text, Title } from '@mantine/core';
import { IconAlertTriangleFilled } from '@tabler/icons-react';
import type { LeadPage } from '../../../src/contract/lead.ts';
import { clearAttention, decideSend } from '../../api/leads.ts';
import { useZone } from '../../api/session.ts';
import { useNow } from '../../elements/use-now.ts';
import { attentionWords } from '../../words/attention.ts';
import { shortWhen } from '../../words/formatting.ts';
import classes from './lead.module.css';
import { useLeadAction } from './use-lead-action.ts';

/** What asks for attention: what happened, what to do, and the buttons for it. */
export function AttentionNotice({ lead, code }: { lead: LeadPage; code: string }) {
  const { name, happened, remedy } = attentionWords(code);
  const clearing = useLeadAction(lead.id, async () => {
    await clearAttention(lead.id);
    return 'Marcado como ciente.';
  });
  return (
    <section className={classes.attention} aria-labelledby="atencao">
      <IconAlertTriangleFilled size={22} aria-hidden />
      <div className={classes.attentionWords}>
        <Title order={2} size="h3" id="atencao">
          {name}
        </Title>
        <Text size="sm">{happened}</Text>
        <Text size="sm" fw={600} mt={2}>
          {remedy}
        </Text>
        {code === 'send_unknown' && <UnknownSends lead={lead} />}
      </div>
      <Button variant="default" size="sm" loading={clearing.isPending} onClick={() => clearing.mutate()}>
        Ciente
      </Button>
    </section>
  );
}

function UnknownSends({ lead }: { lead: LeadPage }) {
  const zone = useZone();
  const now = useNow(60_000);
  const deciding = useLeadAction(
    lead.id,
    async ({ attemptId, decision }: { attemptId: string; decision: 'arrived' | 'send_again' }) => {
      await decideSend(attemptId, decision);
      return decision === 'arrived' ? 'Anotado: a mensagem chegou.' : 'A mensagem será enviada de novo.';
    },
  );
  const open = lead.messages.flatMap(({ attempts }) => attempts.filter(({ state }) => state === 'begun'));
  return open.map((attempt) => (
    <Group key={attempt.id} gap="xs" mt="sm">
      <Text size="sm" c="dimmed">
        Envio {attempt.try}, {shortWhen(attempt.begun_at, zone, now)}:
      </Text>
      <Button
        size="xs"
        loading={deciding.isPending}
        onClick={() => deciding.mutate({ attemptId: attempt.id, decision: 'arrived' })}
      >
        Chegou
      </Button>
      <Button
        size="xs"
        variant="default"
        loading={deciding.isPending}
        onClick={() => deciding.mutate({ attemptId: attempt.id, decision: 'send_again' })}
      >
        Não chegou, enviar de novo
      </Button>
    </Group>
  ));
}
