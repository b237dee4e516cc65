const COUNT = new Intl.NumberFormat('pt-BR');
const SHARE = new Intl.NumberFormat('pt-BR', { style: 'percent', maximumFractionDigits: 1 });
const MONEY = new Intl.NumberFormat('pt-BR', { style: 'currency', currency: 'BRL' });
const FINE_MONEY = new Intl.NumberFormat('pt-BR', {
  style: 'currency',
  currency: 'BRL',
  maximumFractionDigits: 3,
});

/** 12.345 */
export const count = (value: number) => COUNT.format(value);

/** 0.256 as 25,6%. */
export const share = (value: number) => SHARE.format(value);

/** One part of a whole; of nothing it is nothing. */
export const shareOf = (part: number, whole: number) => share(whole === 0 ? 0 : part / whole);

/** R$ 1.234,50; what is less than ten centavos keeps a third place. */
export const money = (value: number) =>
  (value !== 0 && Math.abs(value) < 0.1 ? FINE_MONEY : MONEY).format(value);

/** Seconds as people say them: 4 s, 2 min 10 s, 3 h 5 min. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return seconds < 10 ? `${seconds.toFixed(1).replace('.', ',')} s` : `${whole} s`;
  if (whole < 3_600) return joined([Math.floor(whole / 60), 'min'], [whole % 60, 's']);
  return joined([Math.floor(whole / 3_600), 'h'], [Math.floor((whole % 3_600) / 60), 'min']);
}

function joined(...parts: [number, string][]): string {
  return parts
    .filter(([value], place) => place === 0 || value > 0)
    .map(([value, unit]) => `${value} ${unit}`)
    .join(' ');
}
