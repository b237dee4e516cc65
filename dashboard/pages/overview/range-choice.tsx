import { Button, Group } from '@mantine/core';
import { DatePickerInput } from '@mantine/dates';
import { IconCalendar } from '@tabler/icons-react';
import { useState } from 'react';
import { lastDays, type Range } from './range.ts';

const PRESETS = [7, 30, 90];

/** Which days the page speaks of: some that are often asked for, or any. */
export function RangeChoice({ range, onChange }: { range: Range; onChange: (range: Range) => void }) {
  const [picking, setPicking] = useState<[string | null, string | null] | null>(null);
  const isChosen = (days: number) => {
    const preset = lastDays(days);
    return preset.from === range.from && preset.until === range.until;
  };
  return (
    <Group gap="xs">
      <Button.Group>
        {PRESETS.map((days) => (
          <Button
            key={days}
            size="sm"
            variant={isChosen(days) ? 'light' : 'default'}
            aria-pressed={isChosen(days)}
            onClick={() => onChange(lastDays(days))}
          >
            {days} dias
          </Button>
        ))}
      </Button.Group>
      <DatePickerInput
        type="range"
        aria-label="Período"
        size="sm"
        w={236}
        valueFormat="DD/MM/YYYY"
        allowSingleDateInRange
        maxDate={new Date()}
        leftSection={<IconCalendar size={17} stroke={1.7} />}
        value={picking ?? [range.from, range.until]}
        onChange={([from, until]) => {
          setPicking(from && !until ? [from, until] : null);
          if (from && until) onChange({ from, until });
        }}
        onDropdownClose={() => setPicking(null)}
      />
    </Group>
  );
}
