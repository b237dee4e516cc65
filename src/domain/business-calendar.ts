import { Temporal } from 'temporal-polyfill';
import { type HolidayRegion, isPublicHoliday } from './holidays.ts';

/**
 * When a sleeping lead wakes: `days` calendar days after the day it fell asleep, at `time` (`HH:MM`)
 * on the clocks of `zone` (IANA). With `businessDaysOnly`, Saturdays, Sundays and the public holidays
 * of `holidays` (none if null or absent) move it to the next business day.
 */
export type WakeRule = {
  days: number;
  time: string;
  zone: string;
  businessDaysOnly: boolean;
  holidays?: HolidayRegion | null;
};

/**
 * The instant at which a lead that fell asleep at `from` wakes. A local time that a clock change skips
 * becomes as much later as the gap is long; one that happens twice is the first of the two.
 * Throws RangeError for an unknown zone, a malformed time or an invalid date.
 */
export function wakeAt(from: Date, rule: WakeRule): Date {
  let day = localDate(from, rule.zone).add({ days: rule.days });
  if (rule.businessDaysOnly) {
    while (!isBusinessDay(day, rule.holidays ?? null)) day = day.add({ days: 1 });
  }
  const wake = day.toZonedDateTime({ timeZone: rule.zone, plainTime: Temporal.PlainTime.from(rule.time) });
  return new Date(wake.epochMilliseconds);
}

/** When the quiet hours that `now` falls into end, on the clocks of `zone`; null outside of them. */
export function quietUntil(
  now: Date,
  zone: string,
  quietHours: { from: string; to: string } | null,
): Date | null {
  if (quietHours === null) return null;
  const local = zoned(now, zone);
  const time = local.toPlainTime().toString({ smallestUnit: 'minute' });
  const { from, to } = quietHours;
  const overMidnight = from > to;
  const quiet = overMidnight ? time >= from || time < to : time >= from && time < to;
  if (!quiet) return null;
  const day = local.toPlainDate().add({ days: overMidnight && time >= from ? 1 : 0 });
  const end = day.toZonedDateTime({ timeZone: zone, plainTime: Temporal.PlainTime.from(to) });
  return new Date(end.epochMilliseconds);
}

/** Whether `zone` is an IANA time zone this machine knows; offsets such as `-03:00` are not. */
export function isZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** Whether `t` is a time of day from `00:00` to `23:59`, two digits each. */
export function isTimeOfDay(t: string): boolean {
  return /^(?:[01]\d|2[0-3]):[0-5]\d$/.test(t);
}

/**
 * The instant that an ISO date (its first moment) or date-time means; without an offset it is told on the clocks
 * of `zone`. Null for anything else, years before 0 and after 9999 included.
 */
export function instantIn(zone: string, text: string): Date | null {
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return null;
  try {
    const instant = /(?:Z|[+-]\d\d:\d\d)$/i.test(text)
      ? Temporal.Instant.from(text)
      : Temporal.PlainDateTime.from(text).toZonedDateTime(zone).toInstant();
    return new Date(instant.epochMilliseconds);
  } catch {
    return null;
  }
}

/**
 * The instant up to which, itself excluded, an ISO date or date-time reaches: a date holds its whole day on the
 * clocks of `zone`. Null where `instantIn` has none.
 */
export function endIn(zone: string, text: string): Date | null {
  if (instantIn(zone, text) === null || !/^\d{4}-\d\d-\d\d$/.test(text)) return instantIn(zone, text);
  const dayAfter = Temporal.PlainDate.from(text).add({ days: 1 }).toZonedDateTime(zone);
  return new Date(dayAfter.epochMilliseconds);
}

/** The day it is at `date` on the clocks of `zone`: `2026-11-25`. */
export function localDay(date: Date, zone: string): string {
  return localDate(date, zone).toString();
}

/** The day so many days after `day`, or before it. */
export function addDays(day: string, days: number): string {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}

/** For reading: `25/11/2026 09:00`, on the clocks of `zone`. */
export function formatWake(date: Date, zone: string): string {
  const { day, month, year, hour, minute } = zoned(date, zone);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${two(day)}/${two(month)}/${year} ${two(hour)}:${two(minute)}`;
}

function isBusinessDay(day: Temporal.PlainDate, holidays: HolidayRegion | null): boolean {
  if (day.dayOfWeek > 5) return false;
  return holidays === null || !isPublicHoliday(day, holidays);
}

function localDate(date: Date, zone: string): Temporal.PlainDate {
  return zoned(date, zone).toPlainDate();
}

function zoned(date: Date, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(date.getTime()).toZonedDateTimeISO(zone);
}
