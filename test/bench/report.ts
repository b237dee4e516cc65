import type { ByProcess } from './usage.ts';

/** Why a part could not be measured to its end, with what was seen. */
export class BenchFailure extends Error {
  readonly details: readonly string[];

  constructor(message: string, details: readonly string[] = []) {
    super(message);
    this.name = 'BenchFailure';
    this.details = details;
  }
}

/** The middle one; of an even number, the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

/** The value that a share of all (0 to 1) does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** The median of each process over several measurements; undefined where one of them has none. */
export function medianByProcess(measured: readonly ByProcess[]): ByProcess {
  const names = measured[0]?.keys() ?? [];
  return new Map(
    [...names].map((name) => {
      const values = measured.map((one) => one.get(name));
      return [name, values.every((value) => value !== undefined) ? median(values) : undefined];
    }),
  );
}

/** The sum over all processes; undefined where one is not told. */
export function total(figures: ByProcess): number | undefined {
  let sum = 0;
  for (const figure of figures.values()) {
    if (figure === undefined) return undefined;
    sum += figure;
  }
  return sum;
}

/** A figure as text, with so many decimals. */
export function figure(value: number | undefined, decimals = 1): string {
  return value === undefined ? 'not available' : value.toFixed(decimals);
}

/** Rows as lines: the first column left, the others right, each as wide as its widest cell. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>(
    (all, row) => row.map((cell, column) => Math.max(cell.length, all[column] ?? 0)),
    [],
  );
  const aligned = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return rows.map((row) => `  ${row.map(aligned).join('   ')}`.trimEnd());
}

/** Prints a part of the report, under its name. */
export function print(title: string, lines: readonly string[]): void {
  process.stdout.write(`\n${title}\n${'-'.repeat(title.length)}\n${lines.join('\n')}\n`);
}
