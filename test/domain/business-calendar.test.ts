import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import {
  formatWake,
  isTimeOfDay,
  isZone,
  quietUntil,
  type WakeRule,
  wakeAt,
} from '../../src/domain/business-calendar.ts';
import { isHolidayRegion } from '../../src/domain/holidays.ts';

const SAO_PAULO: WakeRule = { days: 3, time: '09:00', zone: 'America/Sao_Paulo', businessDaysOnly: false };
const NEW_YORK: WakeRule = { ...SAO_PAULO, zone: 'America/New_York' };
const BUSINESS: WakeRule = { ...SAO_PAULO, businessDaysOnly: true, holidays: { country: 'BR' } };

const wake = (from: string, rule: WakeRule) => wakeAt(new Date(from), rule).toISOString();

describe('calendar days', () => {
  test.each([
    ['an ordinary day', '2026-11-22T15:30:00-03:00', '2026-11-25T12:00:00.000Z'],
    ['a month’s end', '2026-01-30T10:00:00-03:00', '2026-02-02T12:00:00.000Z'],
    ['a year’s end', '2026-12-30T10:00:00-03:00', '2027-01-02T12:00:00.000Z'],
    ['23:59 local, already the next day in UTC', '2026-03-10T23:59:59-03:00', '2026-03-13T12:00:00.000Z'],
    ['00:00 local', '2026-03-11T00:00:00-03:00', '2026-03-14T12:00:00.000Z'],
    ['across a leap day', '2028-02-27T12:00:00-03:00', '2028-03-01T12:00:00.000Z'],
    ['onto a leap day', '2028-02-26T12:00:00-03:00', '2028-02-29T12:00:00.000Z'],
    ['no leap day in 2027', '2027-02-26T12:00:00-03:00', '2027-03-01T12:00:00.000Z'],
    ['a weekend is a day like any other', '2026-11-19T12:00:00-03:00', '2026-11-22T12:00:00.000Z'],
  ])('%s', (_name, from, expected) => expect(wake(from, SAO_PAULO)).toBe(expected));
});

describe('clock changes', () => {
  test('spring forward: 09:00 stays 09:00, three days are 71 hours', () => {
    expect(wake('2026-03-05T09:00:00-05:00', NEW_YORK)).toBe('2026-03-08T13:00:00.000Z');
  });

  test('fall back: 09:00 stays 09:00, three days are 73 hours', () => {
    expect(wake('2026-10-29T09:00:00-04:00', NEW_YORK)).toBe('2026-11-01T14:00:00.000Z');
  });

  test('a time inside the gap moves forward by the gap', () => {
    expect(wake('2026-03-05T12:00:00-05:00', { ...NEW_YORK, time: '02:30' })).toBe(
      '2026-03-08T07:30:00.000Z',
    );
    expect(formatWake(new Date('2026-03-08T07:30:00.000Z'), 'America/New_York')).toBe('08/03/2026 03:30');
  });

  test('a midnight that does not exist moves forward', () => {
    const midnight = { ...SAO_PAULO, time: '00:00' };
    expect(wake('2018-11-01T12:00:00-03:00', midnight)).toBe('2018-11-04T03:00:00.000Z');
  });

  test('a time that happens twice means the first', () => {
    expect(wake('2026-10-29T12:00:00-04:00', { ...NEW_YORK, time: '01:30' })).toBe(
      '2026-11-01T05:30:00.000Z',
    );
  });
});

describe('business days', () => {
  test.each([
    ['a weekday stays', '2026-11-16T12:00:00-03:00', '2026-11-19T12:00:00.000Z'],
    ['holiday on a Friday → Monday', '2026-11-17T12:00:00-03:00', '2026-11-23T12:00:00.000Z'],
    ['Saturday → Monday', '2026-11-25T12:00:00-03:00', '2026-11-30T12:00:00.000Z'],
    ['Sunday, then holiday on Monday → Tuesday', '2026-09-03T12:00:00-03:00', '2026-09-08T12:00:00.000Z'],
    ['Good Friday moves with Easter', '2026-03-31T12:00:00-03:00', '2026-04-06T12:00:00.000Z'],
    ['New Year', '2026-12-29T12:00:00-03:00', '2027-01-04T12:00:00.000Z'],
    ['Carnival is no public holiday', '2026-02-14T12:00:00-03:00', '2026-02-17T12:00:00.000Z'],
  ])('%s', (_name, from, expected) => expect(wake(from, BUSINESS)).toBe(expected));

  test('a holiday of one state only', () => {
    const revolution = '2026-07-06T12:00:00-03:00';
    expect(wake(revolution, BUSINESS)).toBe('2026-07-09T12:00:00.000Z');
    const inSaoPaulo = { ...BUSINESS, holidays: { country: 'BR', state: 'SP' } };
    expect(wake(revolution, inSaoPaulo)).toBe('2026-07-10T12:00:00.000Z');
  });

  test('without a country only weekends count', () => {
    expect(wake('2026-11-17T12:00:00-03:00', { ...BUSINESS, holidays: null })).toBe(
      '2026-11-20T12:00:00.000Z',
    );
  });

  test('a holiday of several days covers each; the morning it ends on is a business day', () => {
    const turkey = { ...BUSINESS, zone: 'Europe/Istanbul', holidays: { country: 'TR' } };
    expect(wake('2026-05-24T12:00:00+03:00', turkey)).toBe('2026-06-01T06:00:00.000Z');
    expect(wake('2026-03-17T12:00:00+03:00', turkey)).toBe('2026-03-23T06:00:00.000Z');
  });

  test('the day before a holiday that begins in the evening is a business day', () => {
    const turkey = { ...BUSINESS, zone: 'Europe/Istanbul', holidays: { country: 'TR' } };
    expect(wake('2026-03-16T12:00:00+03:00', turkey)).toBe('2026-03-19T06:00:00.000Z');
  });
});

describe('properties', () => {
  const from = fc.date({ min: new Date('2020-01-01'), max: new Date('2035-12-31'), noInvalidDate: true });
  const rule = fc.record<WakeRule>({
    days: fc.integer({ min: 0, max: 60 }),
    time: fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
      .map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`),
    zone: fc.constantFrom('America/Sao_Paulo', 'America/New_York', 'Europe/Lisbon', 'Asia/Kathmandu', 'UTC'),
    businessDaysOnly: fc.boolean(),
    holidays: fc.constantFrom(null, { country: 'BR' }),
  });
  const zoned = (date: Date, zone: string) =>
    Temporal.Instant.fromEpochMilliseconds(date.getTime()).toZonedDateTimeISO(zone);

  test('at the local time given, wherever it exists, and never more than the gap later', () => {
    fc.assert(
      fc.property(from, rule, (date, r) => {
        const woken = zoned(wakeAt(date, r), r.zone);
        const minutes = woken.hour * 60 + woken.minute;
        const asked = Number(r.time.slice(0, 2)) * 60 + Number(r.time.slice(3));
        if (minutes === asked) return;
        expect(minutes - asked).toBe(60);
        const skipped = woken.toPlainDate().toPlainDateTime(r.time);
        expect(() => skipped.toZonedDateTime(r.zone, { disambiguation: 'reject' })).toThrow(RangeError);
      }),
    );
  });

  test('on the right day, or on the first business day after it', () => {
    fc.assert(
      fc.property(from, rule, (date, r) => {
        const due = zoned(date, r.zone).toPlainDate().add({ days: r.days });
        const woken = zoned(wakeAt(date, r), r.zone).toPlainDate();
        const later = due.until(woken).days;
        if (!r.businessDaysOnly) expect(later).toBe(0);
        expect(later).toBeGreaterThanOrEqual(0);
        expect(later).toBeLessThanOrEqual(5);
        if (r.businessDaysOnly) expect(woken.dayOfWeek).toBeLessThanOrEqual(5);
      }),
    );
  });

  test('never earlier than a day less, never before a lead that fell asleep earlier', () => {
    fc.assert(
      fc.property(from, from, rule, (one, two, r) => {
        const [earlier, later] = one < two ? [one, two] : [two, one];
        expect(wakeAt(earlier, r).getTime()).toBeLessThanOrEqual(wakeAt(later, r).getTime());
        const least = earlier.getTime() + (r.days - 1) * 86_400_000 - 3_600_000;
        expect(wakeAt(earlier, r).getTime()).toBeGreaterThanOrEqual(least);
      }),
    );
  });
});

test('formatWake pads and follows the zone', () => {
  expect(formatWake(new Date('2026-11-25T12:00:00Z'), 'America/Sao_Paulo')).toBe('25/11/2026 09:00');
  expect(formatWake(new Date('2026-01-02T02:05:00Z'), 'America/Sao_Paulo')).toBe('01/01/2026 23:05');
});

test.each([
  ['America/Sao_Paulo', true],
  ['UTC', true],
  ['Europe/Lisboa', false],
  ['-03:00', false],
  ['', false],
  ['Brasília', false],
])('isZone(%j) is %s', (zone, expected) => expect(isZone(zone)).toBe(expected));

test.each([
  ['00:00', true],
  ['23:59', true],
  ['24:00', false],
  ['9:00', false],
  ['09:60', false],
  ['09:00:00', false],
  ['09:00\n', false],
])('isTimeOfDay(%j) is %s', (time, expected) => expect(isTimeOfDay(time)).toBe(expected));

test.each([
  [{ country: 'BR' }, true],
  [{ country: 'BR', state: 'SP' }, true],
  [{ country: 'BR', state: 'XX' }, false],
  [{ country: 'XX' }, false],
  [{ country: 'toString' }, false],
])('isHolidayRegion(%j) is %s', (region, expected) => expect(isHolidayRegion(region)).toBe(expected));

test('an unknown zone, a broken time and an invalid date are refused', () => {
  const now = new Date('2026-01-01T00:00:00Z');
  expect(() => wakeAt(now, { ...SAO_PAULO, zone: 'Nowhere/City' })).toThrow(RangeError);
  expect(() => wakeAt(now, { ...SAO_PAULO, time: '25:00' })).toThrow(RangeError);
  expect(() => wakeAt(new Date(Number.NaN), SAO_PAULO)).toThrow(RangeError);
});

describe('quiet hours', () => {
  const NIGHT = { from: '21:00', to: '08:00' };
  const LUNCH = { from: '12:00', to: '13:30' };
  test.each([
    [
      'before midnight, until the next morning',
      '2026-11-22T21:00:00-03:00',
      NIGHT,
      '2026-11-23T11:00:00.000Z',
    ],
    [
      'after midnight, until the same morning',
      '2026-11-23T07:59:59-03:00',
      NIGHT,
      '2026-11-23T11:00:00.000Z',
    ],
    ['its last minute is over', '2026-11-23T08:00:00-03:00', NIGHT, null],
    ['the minute before', '2026-11-22T20:59:59-03:00', NIGHT, null],
    ['within a day', '2026-11-22T13:29:00-03:00', LUNCH, '2026-11-22T16:30:00.000Z'],
    ['a day’s is over', '2026-11-22T13:30:00-03:00', LUNCH, null],
    ['none are set', '2026-11-22T03:00:00-03:00', null, null],
  ])('%s', (_name, now, hours, until) => {
    expect(quietUntil(new Date(now), 'America/Sao_Paulo', hours)?.toISOString() ?? null).toBe(until);
  });

  test('the night the clocks go forward it ends at the same local time', () => {
    const until = quietUntil(new Date('2026-03-07T23:00:00-05:00'), 'America/New_York', NIGHT);
    expect(until?.toISOString()).toBe('2026-03-08T12:00:00.000Z');
  });
});
