import { Button, Chip, Kbd, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback, useHotkeys } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { BoardColumn } from '../../../src/contract/lead.ts';
import { outcomeName } from '../../../src/domain/lead.ts';
import { type LeadFilters, writeFilters } from '../../api/lead-filters.ts';
import { useZone } from '../../api/session.ts';
import { consultantsQuery } from '../../api/settings.ts';
import { DateRangeInput } from '../../elements/date-range.tsx';
import { COLUMNS } from '../../words/columns.ts';
import { isoDay } from '../../words/formatting.ts';
import classes from './leads.module.css';

const IN_COLUMNS = (Object.keys(COLUMNS) as BoardColumn[]).map((column) => ({
  value: column as string,
  label: COLUMNS[column].name,
}));
const OFF_THE_BOARD = (['merged', 'erased'] as const).map((outcome) => ({
  value: `outcome:${outcome}`,
  label: outcomeName(outcome),
}));

/** What the list is narrowed by. `/` leads to the search from anywhere on the page. */
export function FilterBar({
  filters,
  onChange,
}: {
  filters: LeadFilters;
  onChange: (changed: LeadFilters) => void;
}) {
  const today = isoDay(new Date(), useZone());
  const { data: consultants } = useQuery(consultantsQuery);
  const names = [...new Set(consultants?.consultants.map(({ nome }) => nome))];
  if (filters.consultant && !names.includes(filters.consultant)) names.push(filters.consultant);
  const standing = filters.column ?? (filters.outcome ? `outcome:${filters.outcome}` : null);
  const isNarrowed = [...writeFilters(filters)].length > 0;

  return (
    <search className={classes.filters} aria-label="Filtros">
      <SearchInput text={filters.text ?? ''} onChange={(text) => onChange({ text })} />
      <Select
        aria-label="Situação"
        placeholder="Qualquer situação"
        data={[...IN_COLUMNS, ...OFF_THE_BOARD]}
        value={standing}
        onChange={(value) =>
          onChange({
            column: IN_COLUMNS.find((option) => option.value === value)?.value as BoardColumn | undefined,
            outcome: (['merged', 'erased'] as const).find((outcome) => value === `outcome:${outcome}`),
          })
        }
        clearable
        maxDropdownHeight={420}
        w={{ base: '100%', sm: 190 }}
      />
      <Select
        aria-label="Consultor"
        placeholder="Qualquer consultor"
        data={names}
        value={filters.consultant ?? null}
        onChange={(consultant) => onChange({ consultant: consultant ?? undefined })}
        searchable
        clearable
        nothingFoundMessage="Ninguém com este nome"
        w={{ base: '100%', sm: 190 }}
      />
      <DateRangeInput
        value={filters}
        onChange={({ from, until }) => onChange({ from, until })}
        today={today}
      />
      <Chip
        checked={filters.attention === 'true'}
        onChange={(isOn) => onChange({ attention: isOn ? 'true' : undefined })}
        color="orange"
        variant="light"
      >
        Pede atenção
      </Chip>
      {isNarrowed && (
        <Button
          variant="subtle"
          color="gray"
          size="sm"
          onClick={() =>
            onChange({
              text: undefined,
              column: undefined,
              outcome: undefined,
              consultant: undefined,
              from: undefined,
              until: undefined,
              attention: undefined,
            })
          }
        >
          Limpar
        </Button>
      )}
    </search>
  );
}

function SearchInput({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(text);
  const tell = useDebouncedCallback((next: string) => onChange(next.trim()), 250);
  useHotkeys([['/', () => field.current?.select()]]);
  // The filters were cleared, or another address was opened; not while somebody types.
  useEffect(() => {
    if (document.activeElement !== field.current) setTyped(text);
  }, [text]);

  return (
    <TextInput
      ref={field}
      type="search"
      aria-label="Procurar por nome, telefone, e-mail ou CNPJ"
      aria-keyshortcuts="/"
      placeholder="Nome, telefone, e-mail ou CNPJ"
      leftSection={<IconSearch size={16} stroke={1.8} aria-hidden />}
      rightSection={
        typed === '' ? (
          <Kbd size="xs" visibleFrom="sm">
            /
          </Kbd>
        ) : undefined
      }
      className={classes.search}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        tell(event.currentTarget.value);
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        setTyped('');
        tell('');
        field.current?.blur();
      }}
    />
  );
}
