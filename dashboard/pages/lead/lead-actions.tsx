import { Button, Group, Modal, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconBan, IconCircleCheck, IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import type { LeadPage } from '../../../src/contract/lead.ts';
import { convert, optOut, reworkNow } from '../../api/leads.ts';
import { Confirm } from '../../elements/confirm.tsx';
import classes from './lead.module.css';
import { useLeadAction } from './use-lead-action.ts';

/** What a person may do with the lead; what makes no sense any more is not offered. */
export function LeadActions({ lead }: { lead: LeadPage }) {
  const { id, converted_at, outcome, stage } = lead;
  const [isAsking, { open, close }] = useDisclosure();
  const [asking, setAsking] = useState<'rework' | 'convert' | null>(null);
  const converting = useLeadAction(id, async () => {
    await convert(id);
    return 'Conversão registrada.';
  });
  const reworking = useLeadAction(id, async () => (await reworkNow(id)).note);
  const optingOut = useLeadAction(
    id,
    async () => {
      await optOut(id);
      return 'Descadastro registrado: nenhuma mensagem sairá mais para esta pessoa.';
    },
    close,
  );
  const isOver = outcome === 'merged' || outcome === 'erased';
  if (isOver) return null;

  return (
    <Group gap="xs" className={classes.actions}>
      {outcome !== 'opted_out' && (
        <Button
          variant="subtle"
          color="red"
          c="var(--bad-text)"
          leftSection={<IconBan size={17} stroke={1.8} aria-hidden />}
          onClick={open}
        >
          Descadastrar
        </Button>
      )}
      {(stage === 'main' || stage === 'waiting') && !converted_at && (
        <Button
          variant="default"
          leftSection={<IconRefresh size={17} stroke={1.8} aria-hidden />}
          loading={reworking.isPending}
          onClick={() => setAsking('rework')}
        >
          Rodar retrabalho agora
        </Button>
      )}
      {!converted_at && outcome !== 'opted_out' && (
        <Button
          leftSection={<IconCircleCheck size={17} stroke={1.8} aria-hidden />}
          loading={converting.isPending}
          onClick={() => setAsking('convert')}
        >
          Converter
        </Button>
      )}
      <Confirm
        opened={asking === 'rework'}
        title={`Retrabalhar ${lead.name} agora?`}
        text="Uma mensagem paga sai em seguida, sem esperar pelo dia do retrabalho."
        action="Rodar agora"
        onConfirm={() => reworking.mutate()}
        onClose={() => setAsking(null)}
      />
      <Confirm
        opened={asking === 'convert'}
        title={`Registrar a venda de ${lead.name}?`}
        text="O lead é encerrado como convertido e conta nas estatísticas. Não dá para desfazer."
        action="Registrar a venda"
        onConfirm={() => converting.mutate()}
        onClose={() => setAsking(null)}
      />
      <Modal opened={isAsking} onClose={close} title={<b>Descadastrar {lead.name}?</b>}>
        <Text size="sm">
          Nenhuma mensagem do Lead Flow sairá mais para esta pessoa, em nenhum dos números dela. O lead é
          encerrado. <b>Isto vale para sempre e não pode ser desfeito.</b>
        </Text>
        <Group justify="flex-end" mt="lg" gap="xs">
          <Button variant="default" onClick={close} data-autofocus>
            Cancelar
          </Button>
          <Button color="red" loading={optingOut.isPending} onClick={() => optingOut.mutate()}>
            Descadastrar para sempre
          </Button>
        </Group>
      </Modal>
    </Group>
  );
}
