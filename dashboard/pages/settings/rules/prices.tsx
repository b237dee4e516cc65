import { NumberInput, SimpleGrid } from '@mantine/core';
import { useState } from 'react';
import type { TenantSettings } from '../../../../src/domain/settings.ts';
import { Surface } from '../../../elements/surface.tsx';
import { SettingsForm, SettingsPart } from '../settings-form.tsx';
import { useSettingsSaving } from '../use-settings.ts';

/** What a message of each of Meta's categories costs, in R$. */
export default function PriceSettings() {
  return <SettingsPart form={PriceForm} rows={4} />;
}

const CATEGORIES = [
  { name: 'marketing', label: 'Marketing' },
  { name: 'utility', label: 'Utilidade' },
  { name: 'authentication', label: 'Autenticação' },
  { name: 'service', label: 'Atendimento' },
] as const;

function PriceForm({ settings }: { settings: TenantSettings }) {
  const [prices, setPrices] = useState(settings.messagePrices);
  const saving = useSettingsSaving({ messagePrices: prices });
  const { problem } = saving;
  return (
    <Surface
      title="Preços por mensagem"
      description="Para estimar o custo por lead. A Meta muda os preços: confira os seus na fatura dela."
    >
      <SettingsForm saving={saving} known={CATEGORIES.map(({ name }) => `messagePrices.${name}`)}>
        <SimpleGrid cols={{ base: 1, xs: 2, sm: 4 }}>
          {CATEGORIES.map(({ name, label }) => (
            <NumberInput
              clampBehavior="none"
              key={name}
              label={label}
              prefix="R$ "
              decimalSeparator=","
              decimalScale={4}
              min={0}
              step={0.01}
              value={prices[name]}
              error={problem?.fieldError(`messagePrices.${name}`)}
              onChange={(value) => setPrices({ ...prices, [name]: Number(value) })}
            />
          ))}
        </SimpleGrid>
      </SettingsForm>
    </Surface>
  );
}
