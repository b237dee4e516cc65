import { NumberInput, SimpleGrid, Stack } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { TenantSettings } from '../../../../src/domain/settings.ts';
import { FailureNotice } from '../../../elements/failure-notice.tsx';
import { RowSkeletons } from '../../../elements/row-skeletons.tsx';
import { Surface } from '../../../elements/surface.tsx';
import { SaveRow } from '../save-row.tsx';
import { useSettings } from '../use-settings.ts';

/** What a message of each of Meta's categories costs, in R$. */
export default function PriceSettings() {
  const { settings, error, refetch, ...saving } = useSettings();
  if (error) return <FailureNotice error={error} onRetry={() => void refetch()} />;
  if (!settings) return <RowSkeletons rows={4} height={56} />;
  return <PriceForm settings={settings} {...saving} />;
}

const CATEGORIES = [
  { name: 'marketing', label: 'Marketing' },
  { name: 'utility', label: 'Utilidade' },
  { name: 'authentication', label: 'Autenticação' },
  { name: 'service', label: 'Atendimento' },
] as const;

function PriceForm({
  settings,
  save,
  problem,
}: { settings: TenantSettings } & Pick<ReturnType<typeof useSettings>, 'save' | 'problem'>) {
  const [prices, setPrices] = useState(settings.messagePrices);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ messagePrices: prices });
  };
  return (
    <Surface
      title="Preços por mensagem"
      description="Para estimar o custo por lead. A Meta muda os preços: confira os seus na fatura dela."
    >
      <form onSubmit={submit} noValidate>
        <Stack maw={720}>
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
          <SaveRow
            isSaving={save.isPending}
            error={save.error}
            problem={problem}
            known={CATEGORIES.map(({ name }) => `messagePrices.${name}`)}
          />
        </Stack>
      </form>
    </Surface>
  );
}
