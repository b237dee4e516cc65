import type { Response } from 'express';

/** What Excel tells UTF-8 by. */
const BYTE_ORDER_MARK = '\ufeff';

/** A cell that a spreadsheet would take for a formula, also where it is written in full width. */
const FORMULA = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;

/**
 * One line of CSV as Excel reads it in Brazil, between semicolons. A text that would be a formula begins with an
 * apostrophe, by which it stays a text.
 */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map(cellOf).join(';')}\r\n`;
}

/** Begins to answer a file of that name (without `.csv`), to be written line by line. */
export function csvFile(response: Response, name: string): void {
  response.status(200).type('text/csv; charset=utf-8');
  response.setHeader('content-disposition', `attachment; filename="${name}.csv"`);
  response.setHeader('cache-control', 'no-store');
  response.write(BYTE_ORDER_MARK);
}

function cellOf(value: string | number | null): string {
  if (typeof value !== 'string') return String(value ?? '');
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[";\r\n\t,]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
