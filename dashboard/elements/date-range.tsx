import '@mantine/dates/styles.css';
import 'dayjs/locale/pt-br';
import { DatePickerInput } from '@mantine/dates';
import { useMediaQuery } from '@mantine/hooks';
import { IconCalendar } from '@tabler/icons-react';

const DAY = 86_400_000;

/** Days, both included, as ISO dates; undefined where open. */
export type DateRange = { from?: string | undefined; until?: string | undefined };

/** Lets one choose days, with the usual ranges at hand. `today` is the day on the tenant's clocks. */
export function DateRangeInput({
  value: { from, until },
  onChange,
  today,
  isClearable = true,
}: {
  value: DateRange;
  onChange: (range: DateRange) => void;
  today: string;
  isClearable?: boolean;
}) {
  const back = (days: number): [string, string] => [isoDaysBefore(today, days), today];
  // No room beside the calendar.
  const isPhone = useMediaQuery('(max-width: 48em)');
  return (
    <DatePickerInput
      type="range"
      locale="pt-br"
      placeholder="Qualquer período"
      valueFormat="DD/MM/YY"
      firstDayOfWeek={0}
      weekendDays={[]}
      ariaLabels={{
        previousMonth: 'Mês anterior',
        nextMonth: 'Próximo mês',
        previousYear: 'Ano anterior',
        nextYear: 'Próximo ano',
        previousDecade: 'Década anterior',
        nextDecade: 'Próxima década',
      }}
      allowSingleDateInRange
      clearable={isClearable}
      clearButtonProps={{ 'aria-label': 'Limpar o período' }}
      leftSection={<IconCalendar size={16} stroke={1.7} aria-hidden />}
      maxDate={today}
      miw={{ base: 0, sm: 190 }}
      value={[from ?? null, until ?? null]}
      onChange={([first, last]) => onChange({ from: first ?? undefined, until: last ?? undefined })}
      presets={
        isPhone
          ? undefined
          : [
              { label: 'Hoje', value: back(0) },
              { label: 'Últimos 7 dias', value: back(6) },
              { label: 'Últimos 30 dias', value: back(29) },
              { label: 'Últimos 90 dias', value: back(89) },
            ]
      }
      popoverProps={{ position: 'bottom-end', withRoles: false }}
    />
  );
}

/** The ISO date so many days before another. */
export function isoDaysBefore(day: string, days: number): string {
  return new Date(Date.parse(day) - days * DAY).toISOString().slice(0, 10);
}
