import { Anchor, SimpleGrid, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Overview } from '../../../src/contract/overview.ts';
import { count, duration, money, share } from '../../words/formatting.ts';
import classes from './overview.module.css';

/** What a supervisor asks first. */
export function Totals({ overview }: { overview: Overview }) {
  const { totals, first_message: first, cost } = overview;
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }} spacing="md">
      <Figure name="Leads" value={count(totals.leads)}>
        {count(totals.referrals)} {totals.referrals === 1 ? 'indicação' : 'indicações'}
      </Figure>
      <Figure name="Conversão" value={share(totals.conversion)}>
        {count(totals.converted)} de {count(totals.leads)}
      </Figure>
      <Figure name="Convertidos no retrabalho" value={count(totals.converted_rework)}>
        {count(totals.converted_main)} no primeiro contato
      </Figure>
      <Figure name="Até a primeira mensagem" value={first.p50 === null ? '–' : duration(first.p50)}>
        {first.p90 === null ? 'nenhuma enviada' : `9 em 10 em até ${duration(first.p90)}`}
      </Figure>
      <Figure name="Custo por lead" value={money(cost.per_lead)}>
        {money(cost.total)} no período
      </Figure>
      <Figure name="Precisam de atenção" value={count(totals.attention)} isLoud={totals.attention > 0}>
        {totals.attention > 0 ? (
          <Anchor component={Link} to="/leads/tabela?column=attention" size="xs">
            Ver quais são
          </Anchor>
        ) : (
          'nada pendente'
        )}
      </Figure>
    </SimpleGrid>
  );
}

function Figure({
  name,
  value,
  isLoud = false,
  children,
}: {
  name: string;
  value: string;
  isLoud?: boolean;
  children: ReactNode;
}) {
  return (
    <Stack gap={2} className={`surface ${classes.figure}`} data-loud={isLoud || undefined}>
      <Text size="xs" c="dimmed" fw={500}>
        {name}
      </Text>
      <Text className={`tabular ${classes.value}`}>{value}</Text>
      <Text size="xs" c="dimmed" component="div">
        {children}
      </Text>
    </Stack>
  );
}
