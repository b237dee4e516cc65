import { STATUS_CODES } from 'node:http';
import type { ZodOpenApiResponseObject, ZodOpenApiResponsesObject } from 'zod-openapi';
import { problem } from '../../contract/listings.ts';
import { PROBLEMS, type ProblemCode } from '../problems.ts';
import { described, type JsonSchema, type Operation } from './operation.ts';

const CODES = Object.keys(PROBLEMS) as ProblemCode[];

/** What is answered where there is no operation, so that none can name it. */
export const OF_NO_OPERATION: readonly ProblemCode[] = ['not_found', 'method_not_allowed'];

const TO_STRANGERS: readonly ProblemCode[] = ['no_api_key', 'api_key_refused', 'session_over'];
const TO_WHO_SENDS_JSON: readonly ProblemCode[] = ['invalid_body', 'invalid_json', 'too_large', 'not_json'];
const OF_US: readonly ProblemCode[] = ['internal', 'unavailable'];

/** Every problem an operation can be answered with, in the order of `PROBLEMS`. */
export function problemsOf(operation: Operation): ProblemCode[] {
  const json = operation.body && (operation.body.type ?? 'application/json') === 'application/json';
  // Where nothing is to be sent, what is sent is read all the same, and refused.
  const bare = !operation.body && (operation.method === 'post' || operation.method === 'patch');
  const secured = !operation.open;
  // Where a parameter would be ignored, it is refused.
  const asked = operation.query || (secured && operation.method === 'get');
  const all = new Set([
    ...(secured ? [...TO_STRANGERS, ...OF_US] : []),
    // A page of another site may read nothing, and is stopped where it would change something.
    ...(secured && operation.method !== 'get' ? (['other_site'] as const) : []),
    ...(secured && (json || bare) ? TO_WHO_SENDS_JSON : []),
    ...(secured && asked ? (['invalid_query'] as const) : []),
    ...(operation.problems ?? []),
  ]);
  return CODES.filter((code) => all.has(code));
}

/** The error answers of an operation, by status: the codes in words, with an example of each. */
export function problemAnswers(codes: readonly ProblemCode[]): ZodOpenApiResponsesObject {
  const byStatus = Map.groupBy(codes, (code) => PROBLEMS[code][0]);
  return Object.fromEntries(
    [...byStatus].map(([status, those]) => [
      `${status}`,
      {
        description: those.map((code) => `- \`${code}\`: ${PROBLEMS[code][1]}`).join('\n'),
        ...HEADERS[status],
        content: {
          'application/problem+json': {
            schema: problem,
            examples: Object.fromEntries(
              those.map((code) => [code, { $ref: `#/components/examples/${code}` }]),
            ),
          },
        },
      },
    ]),
  );
}

const HEADERS: Record<number, Pick<ZodOpenApiResponseObject, 'headers'>> = {
  401: { headers: { 'WWW-Authenticate': textHeader('Sempre `Bearer`.', 'Bearer') } },
  503: { headers: { 'Retry-After': textHeader('Em quantos segundos tentar de novo.', '5') } },
};

function textHeader(description: string, example: string) {
  return { description, schema: { type: 'string' as const, examples: [example] } };
}

/** Codes whose `errors` say which fields are wrong. */
const WITH_FIELDS: Partial<Record<ProblemCode, { field: string; code: string; message: string }>> = {
  invalid_body: { field: 'telefone', code: 'required', message: 'Informe o telefone com DDD.' },
  invalid_query: {
    field: 'limit',
    code: 'too_big',
    message: 'Informe um número inteiro de 1 a 200.',
  },
  channel_taken: {
    field: 'instance',
    code: 'instance_taken',
    message: 'Já existe um número com esta instância. Para mudá-lo, use PATCH /v1/channels/:id.',
  },
  consultant_taken: {
    field: 'email',
    code: 'email_taken',
    message: 'Este e-mail já é de Ana Martins (/v1/consultants/0198c1e8-5b7a-7000-8000-000000000001).',
  },
  people_disagree: {
    field: 'cnpj',
    code: 'other_person',
    message: 'Este CNPJ não é da pessoa deste telefone.',
  },
  invalid_csv: {
    field: 'telefone',
    code: 'column_missing',
    message: 'Falta a coluna telefone. Colunas obrigatórias: nome, telefone, consultor, status_indicacao.',
  },
  chatwoot_refused: { field: 'token', code: 'unauthorized', message: 'O Chatwoot recusou o token.' },
  whatsapp_refused: { field: 'token', code: 'token_refused', message: 'A Meta recusou o token.' },
  gateway_refused: { field: '', code: 'unauthorized', message: 'O gateway recusou o token deste número.' },
  gateway_unavailable: {
    field: '',
    code: 'unavailable',
    message: 'O gateway não respondeu como devia.',
  },
};

/** An answer with each code, by the code. */
export function problemExamples(): Record<string, { summary: string; value: unknown }> {
  return Object.fromEntries(
    CODES.map((code) => {
      const [status, title] = PROBLEMS[code];
      const field = WITH_FIELDS[code];
      const errors = field ? { errors: [field] } : {};
      const value = { type: `urn:lead-flow:problem:${code}`, title, status, code, ...errors };
      return [code, { summary: `${status} ${code}`, value }];
    }),
  );
}

/** What `errors[].code` can say of a field. */
export const FIELD_CODES = {
  required: 'falta, ou veio vazio',
  invalid_type: 'é de outro tipo',
  invalid_value: 'não é um dos valores aceitos',
  invalid_format: 'não tem o formato esperado',
  too_small: 'é menor, ou mais curto, do que se aceita',
  too_big: 'é maior, ou mais longo, do que se aceita',
  object_expected: 'o corpo precisa ser um objeto JSON',
  names_disagree: 'veio com os dois nomes (português e inglês), com valores diferentes',
  phone_too_many: 'há mais de um telefone no campo',
  phone_not_a_phone: 'não está escrito como telefone',
  phone_invalid: 'este telefone não existe',
  cnpj_invalid: 'os dígitos do CNPJ não conferem',
  status_unknown: 'a empresa não tem este status da indicação',
  unknown_parameter: 'não há este parâmetro',
  date_invalid: 'não é uma data ISO',
  cursor_invalid: 'não é um `next_cursor` desta lista',
  unknown_field: 'não há este campo',
  zone_unknown: 'não há este fuso horário',
  time_invalid: 'não é um horário HH:MM',
  times_equal: 'os dois horários são iguais',
  region_unknown: 'não há feriados deste país ou estado',
  word_empty: 'a palavra não tem letra nem número',
  label_repeated: 'a mesma etiqueta serve a duas coisas',
  status_repeated: 'o value ou o label repete o de outro status',
  name_taken: 'outro consultor tem este nome',
  email_taken: 'outro consultor tem este e-mail',
  instance_taken: 'a instância já está cadastrada',
  number_taken: 'o número já está cadastrado',
  not_for_this_kind: 'o campo não existe neste tipo de número',
  other_person: 'é de outra pessoa',
  period_invalid: 'o período não é aceito',
  unknown_agent: 'o Chatwoot não tem este agente',
  unknown_channel: 'não há este número',
  template_unknown: 'o número não tem este template',
  template_not_approved: 'a Meta ainda não aprovou o template',
  template_parameters: 'o template não tem exatamente um parâmetro',
  template_named_parameter: 'o template tem um parâmetro com nome',
  template_header: 'o cabeçalho do template pede um valor',
  template_link: 'um botão do template pede um valor',
  template_buttons: 'o template tem outro número de botões de resposta',
  template_button_order: 'os botões de resposta não vêm antes dos outros',
  one_of: 'é um campo ou o outro, não os dois nem nenhum',
  wrong_password: 'a senha atual não é esta',
  empty: 'o arquivo está vazio',
  column_missing: 'falta esta coluna',
  column_repeated: 'esta coluna aparece duas vezes',
  quotes: 'há aspas que não fecham',
  spreadsheet: 'é uma planilha, e não um CSV',
  unauthorized: 'quem foi chamado recusou o token',
  token_refused: 'a Meta recusou o token',
  right_missing: 'falta uma permissão ao token',
  unknown_account: 'não há esta conta',
  unknown_id: 'a Meta não conhece este id',
  not_found: 'o gateway não conhece a instância',
  refused: 'quem foi chamado recusou o pedido',
  rate_limited: 'quem foi chamado pediu para esperar',
  unavailable: 'quem foi chamado não respondeu',
  unreachable: 'quem foi chamado não respondeu',
} as const;

/** The errors of the whole API in words, for the page. */
export function problemWords(): string {
  const rows = CODES.map((code) => {
    const [status, words] = PROBLEMS[code];
    return `| \`${code}\` | ${status} ${STATUS_CODES[status]} | ${words} |`;
  });
  const fields = Object.entries(FIELD_CODES).map(([code, words]) => `| \`${code}\` | ${words} |`);
  return [
    'Todo erro vem como `application/problem+json` (RFC 9457): `code` é estável e serve a programas; `title` diz em português o que houve e o que fazer; `errors` traz uma entrada por campo a corrigir.',
    folded('Todos os códigos', ['| `code` | status | o que diz |', '| --- | --- | --- |', ...rows]),
    'Em `errors`, `field` é o caminho do campo (`rework.time`; vazio é o corpo inteiro), `message` é o que dizer a quem digitou, e `code` é um destes:',
    folded('Todos os códigos de campo', ['| `code` | o campo… |', '| --- | --- |', ...fields]),
  ].join('\n\n');
}

/** A table that opens on a click: the page goes on to the operations. */
function folded(title: string, table: readonly string[]): string {
  return `<details>\n<summary>${title}</summary>\n\n${table.join('\n')}\n\n</details>`;
}

/** Tells the codes of `Problem` one by one. */
function enumerate({ properties }: JsonSchema): void {
  const { code } = properties as { code: JsonSchema };
  code.enum = CODES;
}

/** The body of every error. */
export const PROBLEM_SCHEMAS = [
  described(problem, {
    name: 'Problem',
    description: 'Um erro, como diz a RFC 9457.',
    fields: {
      type: { description: 'O mesmo que `code`, como URN.', format: 'uri' },
      title: 'O que houve e o que fazer, em português.',
      status: 'O status HTTP.',
      code: 'O que houve, para programas.',
      errors: 'Os campos a corrigir, quando é o caso.',
    },
    mend: enumerate,
  }),
  described(problem.shape.errors.unwrap().element, {
    name: 'FieldProblem',
    description: 'Um campo a corrigir.',
    fields: {
      field: 'Caminho do campo; vazio é o corpo inteiro.',
      code: 'O que há de errado, para programas.',
      message: 'O que dizer a quem digitou, em português.',
    },
  }),
];
