import { TagsInput, Text } from '@mantine/core';
import { useState } from 'react';
import type { TenantSettings } from '../../../../src/domain/settings.ts';
import { Surface } from '../../../elements/surface.tsx';
import { SettingsForm, SettingsPart } from '../settings-form.tsx';
import { errorWithin, useSettingsSaving } from '../use-settings.ts';

/** Which words mean that a person wants to be left alone. */
export default function OptOutSettings() {
  return <SettingsPart form={OptOutForm} rows={3} />;
}

function OptOutForm({ settings }: { settings: TenantSettings }) {
  const [words, setWords] = useState(settings.optOutWords);
  const saving = useSettingsSaving({ optOutWords: words });
  const { problem } = saving;
  return (
    <Surface
      title="Palavras de descadastro"
      description="Quem responde só com uma delas não recebe mais nada, em nenhum número seu, para sempre."
    >
      <SettingsForm saving={saving} known={['optOutWords']}>
        <TagsInput
          label="Palavras"
          description="Maiúsculas, acentos, pontuação e emojis não contam. Aperte Enter depois de cada uma."
          splitChars={[',', ';']}
          value={words}
          error={errorWithin(problem, 'optOutWords')}
          onChange={setWords}
        />
        <Text size="sm" c="dimmed">
          “Quero sair do Simples Nacional” é uma resposta, não um descadastro: só conta a mensagem inteira. O
          botão de descadastro e o “Parar” do próprio WhatsApp valem sempre.
        </Text>
      </SettingsForm>
    </Surface>
  );
}
