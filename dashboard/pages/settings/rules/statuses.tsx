import { ActionIcon, Button, Checkbox, Group, Select, Text, TextInput, Tooltip } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import type { ReferralStatus } from '../../../../src/domain/referral-status.ts';
import type { TenantSettings } from '../../../../src/domain/settings.ts';
import { Surface } from '../../../elements/surface.tsx';
import { SettingsForm, SettingsPart } from '../settings-form.tsx';
import { errorWithin, useSettingsSaving } from '../use-settings.ts';

/** The values that `status_indicacao` may take. */
export default function StatusSettings() {
  return <SettingsPart form={StatusForm} rows={4} />;
}

type Row = ReferralStatus & { key: string };

function StatusForm({ settings }: { settings: TenantSettings }) {
  const [rows, setRows] = useState<Row[]>(() =>
    settings.referralStatuses.map((status) => ({ ...status, key: status.value })),
  );
  const [usual, setUsual] = useState(settings.defaultReferralStatus);
  const change = (key: string, part: Partial<ReferralStatus>) =>
    setRows(rows.map((row) => (row.key === key ? { ...row, ...part } : row)));
  const saving = useSettingsSaving({
    referralStatuses: rows.map(({ key: _, ...status }) => status),
    defaultReferralStatus: usual,
  });
  const { problem } = saving;
  return (
    <Surface
      title="Status da indicação"
      description="O que o consultor escolhe ao indicar. Só leads com um status qualificado são retrabalhados; o status pode mudar até a hora do retrabalho."
    >
      <SettingsForm saving={saving} known={['referralStatuses', 'defaultReferralStatus']} maw={760}>
        {rows.map((row, place) => {
          const error = problem?.fields.find(({ field }) =>
            field.startsWith(`referralStatuses.${place}`),
          )?.message;
          return (
            <Group key={row.key} gap="xs" align="flex-start">
              <TextInput
                aria-label={`Nome do ${place + 1}º status`}
                placeholder="Nome"
                flex="1 1 180px"
                value={row.label}
                error={error}
                onChange={(event) => change(row.key, { label: event.currentTarget.value })}
              />
              <TextInput
                aria-label={`Código do ${place + 1}º status`}
                placeholder="codigo"
                flex="1 1 180px"
                value={row.value}
                onChange={(event) => change(row.key, { value: event.currentTarget.value })}
              />
              <Checkbox
                label="qualificado"
                aria-label={`${row.label || `${place + 1}º status`} é qualificado`}
                mt={8}
                checked={row.qualified}
                onChange={(event) => change(row.key, { qualified: event.currentTarget.checked })}
              />
              <Tooltip label="Remover">
                <ActionIcon
                  size={36}
                  aria-label={`Remover ${row.label || `o ${place + 1}º status`}`}
                  disabled={rows.length === 1}
                  onClick={() => setRows(rows.filter(({ key }) => key !== row.key))}
                >
                  <IconTrash size={17} stroke={1.7} />
                </ActionIcon>
              </Tooltip>
            </Group>
          );
        })}
        <Group>
          <Button
            variant="default"
            leftSection={<IconPlus size={16} />}
            onClick={() =>
              setRows([...rows, { key: crypto.randomUUID(), value: '', label: '', qualified: false }])
            }
          >
            Adicionar status
          </Button>
        </Group>
        <Select
          label="Status de sempre"
          description="O que já vem escolhido na extensão."
          maw={360}
          allowDeselect={false}
          data={rows
            .filter(({ value }) => value.trim() !== '')
            .map(({ value, label }) => ({ value, label: label || value }))}
          value={usual}
          error={problem?.fieldError('defaultReferralStatus')}
          onChange={(value) => setUsual(value ?? usual)}
        />
        <Text size="xs" c="dimmed">
          Leads antigos guardam o código com que foram indicados: em vez de trocar um código em uso, adicione
          outro.
        </Text>
        {!problem?.fields.some(({ field }) => /^referralStatuses\.\d/.test(field)) &&
          errorWithin(problem, 'referralStatuses') && (
            <Text size="sm" c="red">
              {errorWithin(problem, 'referralStatuses')}
            </Text>
          )}
      </SettingsForm>
    </Surface>
  );
}
