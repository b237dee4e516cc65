import { Group, NumberInput, SimpleGrid, Stack, Switch, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { TenantSettings } from '../../../../src/domain/settings.ts';
import { Surface } from '../../../elements/surface.tsx';
import { SaveRow, SettingsPart } from '../settings-form.tsx';
import { errorWithin, useSettingsSaving } from '../use-settings.ts';

/** How much and when a person is written to, and the labels in Chatwoot that mean something. */
export default function LimitSettings() {
  return <SettingsPart form={LimitForm} rows={5} />;
}

const NUMBERS = [
  {
    name: 'weeklyMessages',
    label: 'Mensagens por semana a uma pessoa',
    description: 'Somando todos os fluxos. As outras esperam.',
    max: 100,
  },
  {
    name: 'resendAfterHours',
    label: 'Horas até repetir o primeiro modelo',
    description: 'Indicada de novo antes disso, a pessoa não recebe outro.',
    max: 720,
  },
  {
    name: 'unknownGraceSeconds',
    label: 'Segundos de espera por um envio sem resposta',
    description: 'Depois disso, se o número está vivo, a mensagem é enviada de novo.',
    max: 86_400,
  },
] as const;

const LABELS = [
  { name: 'convertedLabel', label: 'Vendeu', description: 'Quem atende põe: o lead está convertido.' },
  { name: 'postponeLabel', label: 'Adiar', description: 'Quem atende põe: retrabalho uma semana depois.' },
  { name: 'noReworkLabel', label: 'Não retrabalhar', description: 'Quem atende põe: não há retrabalho.' },
  { name: 'reworkLabel', label: 'Em retrabalho', description: 'O Lead Flow põe.' },
  { name: 'optOutLabel', label: 'Descadastrado', description: 'O Lead Flow põe.' },
] as const;

function LimitForm({ settings }: { settings: TenantSettings }) {
  const [numbers, setNumbers] = useState({
    weeklyMessages: settings.weeklyMessages,
    resendAfterHours: settings.resendAfterHours,
    unknownGraceSeconds: settings.unknownGraceSeconds,
  });
  const [labels, setLabels] = useState({
    convertedLabel: settings.convertedLabel,
    postponeLabel: settings.postponeLabel,
    noReworkLabel: settings.noReworkLabel,
    reworkLabel: settings.reworkLabel,
    optOutLabel: settings.optOutLabel,
  });
  const [quiet, setQuiet] = useState(settings.quietHours);
  const saving = useSettingsSaving({ ...numbers, ...labels, quietHours: quiet });
  const { problem } = saving;
  return (
    <form onSubmit={saving.submit} noValidate>
      <Stack gap="md">
        <Surface title="Limites" description="Para não incomodar ninguém.">
          <Stack maw={760}>
            <Switch
              label="Horário de silêncio"
              description="O que sairia nesse horário espera até o fim dele."
              checked={quiet !== null}
              onChange={(event) =>
                setQuiet(event.currentTarget.checked ? { from: '21:00', to: '08:00' } : null)
              }
            />
            {quiet && (
              <Group gap="sm">
                <TextInput
                  label="Das"
                  type="time"
                  value={quiet.from}
                  error={errorWithin(problem, 'quietHours')}
                  onChange={(event) => setQuiet({ ...quiet, from: event.currentTarget.value })}
                />
                <TextInput
                  label="Até as"
                  type="time"
                  value={quiet.to}
                  onChange={(event) => setQuiet({ ...quiet, to: event.currentTarget.value })}
                />
              </Group>
            )}
            <SimpleGrid cols={{ base: 1, sm: 3 }}>
              {NUMBERS.map(({ name, max, ...words }) => (
                <NumberInput
                  clampBehavior="none"
                  key={name}
                  {...words}
                  inputWrapperOrder={['label', 'input', 'description', 'error']}
                  min={0}
                  max={max}
                  allowDecimal={false}
                  value={numbers[name]}
                  error={problem?.fieldError(name)}
                  onChange={(value) => setNumbers({ ...numbers, [name]: Number(value) })}
                />
              ))}
            </SimpleGrid>
          </Stack>
        </Surface>
        <Surface title="Etiquetas no Chatwoot">
          <Stack maw={760}>
            <SimpleGrid cols={{ base: 1, sm: 2 }}>
              {LABELS.map(({ name, ...words }) => (
                <TextInput
                  key={name}
                  {...words}
                  inputWrapperOrder={['label', 'input', 'description', 'error']}
                  value={labels[name]}
                  error={problem?.fieldError(name)}
                  onChange={(event) => setLabels({ ...labels, [name]: event.currentTarget.value })}
                />
              ))}
            </SimpleGrid>
            <SaveRow
              saving={saving}
              known={['quietHours', ...Object.keys(numbers), ...Object.keys(labels)]}
            />
          </Stack>
        </Surface>
      </Stack>
    </form>
  );
}
