import { isUtf8 } from 'node:buffer';
import { type CsvError, parse } from 'csv-parse/sync';
import { FIELD_NAMES, type ReferralField } from '../domain/referral.ts';
import { Problem } from './problems.ts';

/** A line of a file: where it stands, from 1, and its cells under the names that `POST /v1/leads` takes. */
export type FileLine = { line: number; fields: Partial<Record<ReferralField, string>> };

const MOST_LINES = 5_000;
const NEEDED = ['nome', 'telefone', 'consultor', 'status_indicacao'] as const;

/**
 * Reads a CSV file as spreadsheets save it: UTF-8, UTF-16 or Windows-1252, between semicolons, commas or tabs. Its
 * first line names the fields as the API does, in Portuguese or English, in any order; other columns do not count,
 * nor do empty lines. Before it may stand Excel's `sep=;`, which names the separator. Throws the problem
 * `invalid_csv` or `csv_too_long`.
 */
export function readImportFile(bytes: Buffer): FileLine[] {
  refuseSpreadsheets(bytes);
  const text = decode(bytes).replace(/\r\n?/g, '\n');
  const [header, ...records] = recordsOf(text);
  if (!header)
    refuse('', 'empty', 'O arquivo está vazio. A primeira linha precisa ter os nomes das colunas.');
  if (records.length > MOST_LINES) throw new Problem('csv_too_long');
  const fields = fieldsOf(header.record);
  return records.map(({ record, line }) => ({
    line,
    fields: Object.fromEntries(
      fields.flatMap((field, i) => (field ? [[field, cellOf(field, record[i] ?? '')]] : [])),
    ),
  }));
}

type CsvRecord = { record: string[]; line: number };

function recordsOf(given: string): CsvRecord[] {
  const named = SEPARATOR_LINE.exec(given)?.[1];
  // Its line stays, empty: the lines below keep their numbers.
  const text = given.replace(SEPARATOR_LINE, '');
  try {
    const found = parse(text, {
      delimiter: named ?? delimiterOf(text),
      record_delimiter: '\n',
      info: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    // What is counted is the line that a record ends on.
    return found.map(({ record, info }) => ({
      record,
      line: info.lines - record.join('').split('\n').length + 1,
    }));
  } catch (error) {
    const { lines } = error as CsvError & { lines?: number };
    return refuse(
      '',
      'quotes',
      `As aspas abertas perto da linha ${lines ?? 1} não fecham. Corrija o arquivo e envie de novo.`,
    );
  }
}

const SEPARATOR_LINE = /^"?sep=([^\n"])"?\1*(?=\n|$)/i;

/** The one of which the first line has the most. */
function delimiterOf(text: string): string {
  const [first = ''] = text.trimStart().split('\n', 1);
  const bare = first.replace(/"[^"]*"/g, '');
  const counted = [';', ',', '\t'].map((sign) => ({ sign, count: bare.split(sign).length }));
  return counted.reduce((most, one) => (one.count > most.count ? one : most)).sign;
}

function decode(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  // The decoder takes the byte order mark away.
  return new TextDecoder(isUtf8(bytes) ? 'utf-8' : 'windows-1252').decode(bytes);
}

/** Which field each column is; null for those that are none. */
function fieldsOf(header: readonly string[]): (ReferralField | null)[] {
  const fields = header.map((title) => FIELDS.get(plainTitle(title)) ?? null);
  const names = fields.map((field) => field && FIELD_NAMES[field]);
  for (const needed of NEEDED) {
    if (names.includes(needed)) continue;
    refuse(needed, 'column_missing', `Falta a coluna ${needed}. Colunas obrigatórias: ${NEEDED.join(', ')}.`);
  }
  const twice = fields.find((field, i) => field && fields.indexOf(field) < i);
  if (twice) refuse(twice, 'column_repeated', `A coluna ${twice} aparece duas vezes. Deixe só uma.`);
  return fields;
}

const plainTitle = (title: string) =>
  title
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase();

const FIELDS: ReadonlyMap<string, ReferralField> = new Map([
  ...Object.keys(FIELD_NAMES).map((field) => [plainTitle(field), field as ReferralField] as const),
  // As our own export and people's spreadsheets say it.
  ['statusdaindicacao', 'status_indicacao'],
  ['statusdeindicacao', 'status_indicacao'],
]);

/** A cell without the apostrophe that keeps a formula a text, and a CNPJ with the zeros that spreadsheets take. */
function cellOf(field: ReferralField, given: string): string {
  const text = given.replace(/^'(?=[=+\-@\t\r])/, '').trim();
  return field === 'cnpj' && /^\d{11,13}$/.test(text) ? text.padStart(14, '0') : text;
}

/** Excel's own files, which are no text: a ZIP archive (xlsx), or the older container (xls). */
function refuseSpreadsheets(bytes: Buffer): void {
  const start = bytes.subarray(0, 4).toString('hex');
  if (start !== '504b0304' && start !== 'd0cf11e0') return;
  refuse(
    '',
    'spreadsheet',
    'Este arquivo é uma planilha, não um CSV. No Excel, use Salvar como e escolha CSV UTF-8.',
  );
}

function refuse(field: string, code: string, message: string): never {
  throw new Problem('invalid_csv', [{ field, code, message }]);
}
