import Holidays from 'date-holidays';
import { Temporal } from 'temporal-polyfill';

/** Whose public holidays count: ISO 3166 codes of the country and, if given, the state (`BR`, `SP`). */
export type HolidayRegion = { country: string; state?: string };

// Building one takes ten milliseconds, and a year of it as long again; both are kept.
const calendars = new Map<string, Holidays>();
const years = new Map<string, ReadonlySet<string>>();

/** Whether `day` is a public holiday there; bank holidays, optional days and half days are not. */
export function isPublicHoliday(day: Temporal.PlainDate, region: HolidayRegion): boolean {
  return publicHolidays(region, day.year).has(day.toString());
}

/** Whether holidays are known for this country and, if one is given, this state of it. */
export function isHolidayRegion(region: HolidayRegion): boolean {
  const world = calendarOf('', undefined);
  if (!Object.hasOwn(world.getCountries(), region.country)) return false;
  return region.state === undefined || Object.hasOwn(world.getStates(region.country) ?? {}, region.state);
}

function publicHolidays(region: HolidayRegion, year: number): ReadonlySet<string> {
  const key = `${region.country}-${region.state ?? ''}-${year}`;
  let days = years.get(key);
  if (!days) {
    const found = new Set<string>();
    for (const holiday of calendarOf(region.country, region.state).getHolidays(year)) {
      if (holiday.type === 'public') for (const day of daysOf(holiday)) found.add(day);
    }
    days = found;
    years.set(key, days);
  }
  return days;
}

/** The dates whose noon falls into the holiday; some last several days or begin the evening before. */
function daysOf(holiday: { date: string; start: Date; end: Date }): string[] {
  // `date` is local: "2026-03-19 00:00:00", with " -0600" behind it where it begins six hours earlier.
  const named = Temporal.PlainDateTime.from(holiday.date.slice(0, 19).replace(' ', 'T'));
  const start = named.add({ hours: Number(holiday.date.slice(20, 23)) });
  const end = start.add({ milliseconds: holiday.end.getTime() - holiday.start.getTime() });
  const days: string[] = [];
  for (let noon = start.withPlainTime('12:00'); ; noon = noon.add({ days: 1 })) {
    if (Temporal.PlainDateTime.compare(noon, end) >= 0) return days;
    if (Temporal.PlainDateTime.compare(noon, start) > 0) days.push(noon.toPlainDate().toString());
  }
}

function calendarOf(country: string, state: string | undefined): Holidays {
  const key = `${country}-${state ?? ''}`;
  let calendar = calendars.get(key);
  if (!calendar) {
    calendar = country === '' ? new Holidays() : new Holidays(state ? { country, state } : { country });
    calendars.set(key, calendar);
  }
  return calendar;
}
