import { Group, Select, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Flow } from '../../../../src/contract/connection.ts';
import type { Channel, Template } from '../../../../src/contract/listings.ts';
import { send } from '../../../api/client.ts';
import { settingKeys } from '../../../api/query-keys.ts';
import { Surface } from '../../../elements/surface.tsx';
import { toastDone } from '../../../elements/toasts.ts';
import { useSaving } from '../../../elements/use-saving.ts';
import { quickReplies } from '../../../words/template-text.ts';
import { SettingsForm } from '../settings-form.tsx';
import { errorWithin } from '../use-settings.ts';
import { TemplatePreview } from './template-preview.tsx';

const SOURCES: Readonly<Record<string, string>> = {
  api_oficial: 'Leads indicados pela extensão, pela API ou por uma planilha.',
};

type StageTemplate = Flow['main'];
type Meaning = StageTemplate['buttons'][number];

const MEANINGS: { value: Meaning; label: string }[] = [
  { value: 'talk', label: 'Quer falar: o consultor é chamado' },
  { value: 'convert', label: 'Comprou: o lead converte' },
  { value: 'not_interested', label: 'Não tem interesse: o lead é encerrado' },
  { value: 'opt_out', label: 'Descadastro: nunca mais recebe nada' },
];

/** One flow: its number, its two templates, and what their buttons mean. */
export function FlowForm({
  flow,
  channels,
  templates,
}: {
  flow: Flow;
  channels: readonly Channel[];
  templates: readonly Template[];
}) {
  const [channelId, setChannelId] = useState(flow.channel_id);
  const [main, setMain] = useState(flow.main);
  const [rework, setRework] = useState(flow.rework);
  const queryClient = useQueryClient();
  const saving = useSaving({
    values: { channel_id: channelId, main, rework },
    save: (change) => send('PATCH', `/v1/flows/${flow.id}`, change),
    onSaved: async () => {
      await queryClient.invalidateQueries({ queryKey: settingKeys.flows });
      toastDone('Salvo. Os próximos leads já usam; os que estão em andamento seguem com os modelos deles.');
    },
  });
  const { problem } = saving;
  const choices = templates.filter(
    ({ channel_id, status }) => channel_id === channelId && status === 'APPROVED',
  );
  return (
    <Surface title={flow.name} description={SOURCES[flow.source] ?? `Leads que chegam por ${flow.source}.`}>
      <SettingsForm saving={saving} known={['channel_id', 'main', 'rework']} maw="none">
        <Select
          label="Número"
          maw={360}
          allowDeselect={false}
          data={channels
            .filter(({ kind }) => kind === 'whatsapp_cloud')
            .map(({ id, name }) => ({ value: id, label: name }))}
          value={channelId}
          error={problem?.fieldError('channel_id')}
          onChange={(value) => setChannelId(value ?? channelId)}
        />
        <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="xl">
          <StageChoice
            title="Primeiro contato"
            chosen={main}
            choices={choices}
            error={errorWithin(problem, 'main')}
            onChange={setMain}
          />
          <StageChoice
            title="Retrabalho"
            chosen={rework}
            choices={choices}
            error={errorWithin(problem, 'rework')}
            onChange={setRework}
          />
        </SimpleGrid>
      </SettingsForm>
    </Surface>
  );
}

const idOf = ({ name, language }: { name: string; language: string }) => `${name} ${language}`;

function StageChoice({
  title,
  chosen,
  choices,
  error,
  onChange,
}: {
  title: string;
  chosen: StageTemplate;
  choices: readonly Template[];
  error: string | undefined;
  onChange: (next: StageTemplate) => void;
}) {
  const id = idOf({ name: chosen.template, language: chosen.language });
  const template = choices.find((choice) => idOf(choice) === id);
  const replies = template ? quickReplies(template) : [];
  const choose = (next: Template) =>
    onChange({
      template: next.name,
      language: next.language,
      buttons: quickReplies(next).map((_, place) => chosen.buttons[place] ?? 'talk'),
    });
  return (
    <Group align="flex-start" gap="lg">
      <Stack flex="1 1 260px" gap="sm">
        <Title order={3}>{title}</Title>
        <Select
          label="Modelo"
          aria-label={`Modelo de ${title}`}
          searchable
          allowDeselect={false}
          nothingFoundMessage="Nenhum modelo aprovado neste número"
          data={[
            ...choices.map((choice) => ({
              value: idOf(choice),
              label: `${choice.name} (${choice.language})`,
            })),
            ...(template ? [] : [{ value: id, label: `${chosen.template} (não aprovado)`, disabled: true }]),
          ]}
          value={id}
          error={error}
          onChange={(value) => {
            const next = choices.find((choice) => idOf(choice) === value);
            if (next) choose(next);
          }}
        />
        {replies.map(({ text }, place) => (
          <Select
            key={text}
            label={`Botão “${text}”`}
            allowDeselect={false}
            data={MEANINGS}
            value={chosen.buttons[place] ?? null}
            onChange={(value) => {
              const buttons = replies.map((_, at) => chosen.buttons[at] ?? 'talk');
              buttons[place] = value as Meaning;
              onChange({ ...chosen, buttons });
            }}
          />
        ))}
        {template && replies.length === 0 && (
          <Text size="sm" c="dimmed">
            Este modelo não tem botões de resposta rápida.
          </Text>
        )}
      </Stack>
      {template && <TemplatePreview template={template} />}
    </Group>
  );
}
