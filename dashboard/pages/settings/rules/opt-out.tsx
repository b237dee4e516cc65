import { Stack, TagsInput, Text } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { TenantSettings } from '../../../../src/domain/settings.ts';
import { FailureNotice } from '../../../elements/failure-notice.tsx';
import { RowSkeletons } from '../../../elements/row-skeletons.tsx';
import { Surface } from '../../../elements/surface.tsx';
import { SaveRow } from '../save-row.tsx';
import { errorWithin, useSettings } from '../use-settings.ts';

/** Which words mean that a person wants to be left alone. */
export default function OptOutSettings() {
  const { settings, error, refetch, ...saving } = useSettings();
  if (error) return <FailureNotice error={error} onRetry={() => void refetch()} />;
  if (!settings) return <RowSkeletons rows={3} height={56} />;
  return <OptOutForm settings={settings} {...saving} />;
}

function OptOutForm({
  settings,
  save,
  problem,
}: { settings: TenantSettings } & Pick<ReturnType<typeof useSettings>, 'save' | 'problem'>) {
  const [words, setWords] = useState(settings.optOutWords);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ optOutWords: words });
  };
  return (
    <Surface
      title="Palavras de descadastro"
      description="Quem responde só com uma delas não recebe mais nada, em nenhum número seu, para sempre."
    >
      <form onSubmit={submit} noValidate>
        <Stack maw={720}>
          <TagsInput
            label="Palavras"
            description="Maiúsculas, acentos, pontuação e emojis não contam. Aperte Enter depois de cada uma."
            splitChars={[',', ';']}
            value={words}
            error={errorWithin(problem, 'optOutWords')}
            onChange={setWords}
          />
          <Text size="sm" c="dimmed">
            “Quero sair do Simples Nacional” é uma resposta, não um descadastro: só conta a mensagem inteira.
            O botão de descadastro e o “Parar” do próprio WhatsApp valem sempre.
          </Text>
          <SaveRow isSaving={save.isPending} error={save.error} problem={problem} known={['optOutWords']} />
        </Stack>
      </form>
    </Surface>
  );
}
