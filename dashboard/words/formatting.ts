const LOCALE = 'pt-BR';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const made = new Map<string, Intl.DateTimeFormat>();

function format(at: Date, timeZone: string, options: Intl.DateTimeFormatOptions): string {
  const key = JSON.stringify([timeZone, options]);
  let formatter = made.get(key);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat(LOCALE, { timeZone, ...options });
    made.set(key, formatter);
  }
  return formatter.format(at);
}

/** A phone in E.164 or WhatsApp's digits as people write it: `(11) 98765-4321`; abroad `+351 912345678`. */
export function phone(number: string): string {
  const digits = number.replace(/\D/g, '');
  const brazilian = /^55(\d\d)(\d{4,5})(\d{4})$/.exec(digits);
  return brazilian ? `(${brazilian[1]}) ${brazilian[2]}-${brazilian[3]}` : `+${digits}`;
}

/** A CNPJ of 14 characters with its mask; anything else as it is. */
export function cnpj(plain: string): string {
  return plain.replace(/^(.{2})(.{3})(.{3})(.{4})(.{2})$/, '$1.$2.$3/$4-$5');
}

const reais = new Intl.NumberFormat(LOCALE, { style: 'currency', currency: 'BRL' });
const fineReais = new Intl.NumberFormat(LOCALE, {
  style: 'currency',
  currency: 'BRL',
  maximumFractionDigits: 3,
});
const percent = new Intl.NumberFormat(LOCALE, { style: 'percent', maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat(LOCALE);

/** An amount in R$; what is less than ten centavos keeps a third place. */
export const money = (amount: number): string =>
  (amount !== 0 && Math.abs(amount) < 0.1 ? fineReais : reais).format(amount);

/** 0.256 as `25,6%`. */
export const share = (part: number): string => percent.format(part);

/** One part of a whole; of nothing it is nothing. */
export const shareOf = (part: number, total: number): string => share(total === 0 ? 0 : part / total);

/** A number with its thousands apart: `12.480`. */
export const count = (number: number): string => whole.format(number);

/** The time of an instant: `09:00`. */
export function clock(at: string, zone: string): string {
  return format(new Date(at), zone, { hour: '2-digit', minute: '2-digit' });
}

/** A day as the heading of what happened on it: `hoje`, `ontem`, `sexta-feira, 20 de novembro`. */
export function dayHeading(at: string, zone: string, now: number): string {
  const away = daysAway(new Date(at), zone, now);
  if (away === 0) return 'hoje';
  if (away === -1) return 'ontem';
  return format(new Date(at), zone, { weekday: 'long', day: 'numeric', month: 'long' });
}

/** An instant as short as it can be said: `hoje 09:00`, `sáb 09:00` within six days, else `28/11 09:00`. */
export function shortWhen(at: string, zone: string, now: number): string {
  const date = new Date(at);
  const time = clock(at, zone);
  const away = daysAway(date, zone, now);
  const near: Record<number, string> = { [-1]: 'ontem', 0: 'hoje', 1: 'amanhã' };
  if (near[away]) return `${near[away]} ${time}`;
  if (away > 1 && away < 7) return `${format(date, zone, { weekday: 'short' }).replace('.', '')} ${time}`;
  const isThisYear =
    format(date, zone, { year: 'numeric' }) === format(new Date(now), zone, { year: 'numeric' });
  const day = format(date, zone, {
    day: '2-digit',
    month: '2-digit',
    ...(isThisYear ? {} : { year: 'numeric' }),
  });
  return `${day} ${time}`;
}

/** An instant in full, for whoever points at it: `20/11/2026 09:00:12`. */
export function fullWhen(at: string, zone: string): string {
  return format(new Date(at), zone, {
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).replace(',', '');
}

/** How long ago, in the largest unit: `agora`, `5 min`, `3 h`, `12 d`. */
export function ago(at: string, now: number): string {
  const passed = now - Date.parse(at);
  if (passed < MINUTE) return 'agora';
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)} min`;
  if (passed < DAY) return `${Math.floor(passed / HOUR)} h`;
  return `${Math.floor(passed / DAY)} d`;
}

/** How long until then, in two units: `2 d 4 h`, `3 h 12 min`, `45 s`; null once it is there. */
export function countdown(until: string, now: number): string | null {
  const left = Date.parse(until) - now;
  if (left <= 0) return null;
  if (left < MINUTE) return `${Math.ceil(left / 1000)} s`;
  const days = Math.floor(left / DAY);
  const hours = Math.floor((left % DAY) / HOUR);
  const minutes = Math.floor((left % HOUR) / MINUTE);
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours} h ${String(minutes).padStart(2, '0')} min` : `${minutes} min`;
}

/** The day of an instant on the clocks of `zone`: `2026-11-20`. */
export function isoDay(at: Date, zone: string): string {
  const [day, month, year] = format(at, zone, { day: '2-digit', month: '2-digit', year: 'numeric' }).split(
    '/',
  );
  return `${year}-${month}-${day}`;
}

function daysAway(date: Date, zone: string, now: number): number {
  return Math.round((Date.parse(isoDay(date, zone)) - Date.parse(isoDay(new Date(now), zone))) / DAY);
}

/** Seconds as people say them: `4,2 s`, `2 min 10 s`, `3 h 5 min`. */
export function duration(seconds: number): string {
  const rounded = Math.round(seconds);
  if (rounded < 60) return seconds < 10 ? `${seconds.toFixed(1).replace('.', ',')} s` : `${rounded} s`;
  const inMinutes = rounded < 3_600;
  const [large, small] = inMinutes ? [60, 1] : [3_600, 60];
  const [first, second] = [Math.floor(rounded / large), Math.floor((rounded % large) / small)];
  return `${first} ${inMinutes ? 'min' : 'h'}${second > 0 ? ` ${second} ${inMinutes ? 's' : 'min'}` : ''}`;
}
