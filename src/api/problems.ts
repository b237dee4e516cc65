import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { Logger } from 'pino';
import { z } from 'zod';
import { storable } from '../domain/loose-json.ts';
import { isTellingLines } from './json-lines.ts';
import { unknownFieldWords } from './unknown-fields.ts';

/** Every error of the API: its HTTP status and its words (Portuguese, for whoever calls it). */
export const PROBLEMS = {
  invalid_body: [400, 'Há campos a corrigir.'],
  invalid_json: [400, 'O corpo não é um JSON válido.'],
  invalid_query: [400, 'Há parâmetros a corrigir.'],
  invalid_idempotency_key: [400, 'Idempotency-Key: use de 1 a 255 caracteres visíveis.'],
  no_api_key: [401, 'Envie a chave da API no cabeçalho Authorization: Bearer CHAVE.'],
  api_key_refused: [
    401,
    'Esta chave da API não existe ou foi revogada. Peça outra a quem administra o Lead Flow.',
  ],
  session_over: [401, 'Sua sessão terminou. Entre de novo com seu e-mail e sua senha.'],
  wrong_login: [
    401,
    'E-mail ou senha incorretos. Confira os dois; se esqueceu a senha, peça outra a quem administra o Lead Flow.',
  ],
  no_tenant: [
    403,
    'Seu usuário não faz parte de nenhuma empresa. Peça acesso a quem administra o Lead Flow.',
  ],
  other_site: [
    403,
    'Este pedido veio da página de outro site e foi recusado. Abra o Lead Flow e tente de novo por lá.',
  ],
  not_found: [404, 'Não há nada neste endereço.'],
  method_not_allowed: [
    405,
    'Este endereço existe, mas não com este método. Veja os aceitos no cabeçalho Allow.',
  ],
  lead_not_found: [404, 'Não há lead com este id.'],
  person_not_found: [404, 'Não há lead desta pessoa.'],
  channel_not_found: [404, 'Não há número com este id.'],
  attempt_not_found: [404, 'Não há envio em aberto com este id.'],
  event_not_found: [404, 'Não há evento com este id.'],
  flow_not_found: [404, 'Não há fluxo com este id.'],
  no_chatwoot: [404, 'Ainda não há conexão com o Chatwoot.'],
  no_test_phone: [
    404,
    'Não há telefone de teste: ele só existe com o ambiente de teste (sandbox) do Lead Flow.',
  ],
  phone_not_found: [
    404,
    'Nenhum lead tem este telefone. Escreva com o wa_id de um dos telefones de GET /v1/test-phone.',
  ],
  consultant_not_found: [404, 'Não há consultor com este id.'],
  api_key_not_found: [404, 'Não há chave da API com este id.'],
  idempotency_key_reused: [
    409,
    'Esta Idempotency-Key já foi usada com outro corpo. Use uma chave nova para cada indicação.',
  ],
  channel_taken: [409, 'Este número já está cadastrado. Nada foi gravado.'],
  not_a_gateway: [409, 'Este número não é uma instância da Evolution API: não há gateway a configurar.'],
  consultant_taken: [409, 'Já existe outro consultor com estes dados. Nada foi gravado.'],
  people_disagree: [409, 'Os dados enviados não são da mesma pessoa. Nada foi gravado.'],
  lead_closed: [
    409,
    'Este lead já foi encerrado e não pode ser retrabalhado. Uma nova indicação abre outro.',
  ],
  lead_converted: [409, 'Este lead já converteu: não há o que retrabalhar.'],
  lead_erased: [409, 'Os dados desta pessoa foram apagados: o lead não pode ser retrabalhado.'],
  lead_in_rework: [409, 'Este lead já está em retrabalho.'],
  lead_no_rework_label: [
    409,
    'A conversa deste lead no Chatwoot tem a etiqueta que impede o retrabalho. Tire a etiqueta e peça de novo.',
  ],
  lead_not_qualified: [
    409,
    'O status desta indicação não é qualificado, e só leads qualificados são retrabalhados. Mude o status da indicação (status_indicacao) e peça de novo.',
  ],
  lead_phone_changed_hands: [
    409,
    'O telefone deste lead agora é de outra pessoa: pergunte o número novo e faça uma nova indicação.',
  ],
  lead_opted_out: [409, 'Esta pessoa pediu descadastro: o Lead Flow não envia mais nenhuma mensagem a ela.'],
  event_pending: [409, 'Este evento já está na fila e será aplicado sozinho.'],
  no_flow: [409, 'Não há fluxo configurado para esta origem.'],
  invalid_csv: [400, 'O arquivo não pode ser lido como CSV de leads. Nada foi gravado.'],
  import_interrupted: [
    503,
    'A importação parou no meio. Envie o mesmo arquivo de novo: o que já foi gravado não se repete.',
  ],
  csv_too_long: [413, 'O arquivo tem mais de 5.000 linhas. Divida-o em partes. Nada foi gravado.'],
  too_large: [413, 'O corpo é grande demais.'],
  not_json: [415, 'Envie o corpo como application/json.'],
  too_many_tries: [429, 'Muitas tentativas seguidas. Espere um minuto e tente de novo.'],
  not_csv: [415, 'Envie o arquivo como text/csv.'],
  gateway_refused: [
    502,
    'O gateway da Evolution API recusou o pedido. Confira o endereço, a instância e o token do número.',
  ],
  gateway_unavailable: [502, 'O gateway da Evolution API não respondeu. Tente de novo em instantes.'],
  chatwoot_refused: [
    502,
    'O Chatwoot recusou o pedido. Confira o endereço, a conta e o token. Nada foi gravado.',
  ],
  chatwoot_unavailable: [502, 'O Chatwoot não respondeu. Nada foi gravado; tente de novo em instantes.'],
  whatsapp_refused: [502, 'A Meta recusou o pedido. Confira o token e os ids do número.'],
  whatsapp_unavailable: [502, 'A Meta não respondeu. Tente de novo em instantes.'],
  test_phone_unavailable: [
    502,
    'O telefone de teste não respondeu. Confira se o sandbox está no ar e tente de novo.',
  ],
  internal: [500, 'Algo falhou do nosso lado. Nada foi gravado; tente de novo.'],
  unavailable: [
    503,
    'O banco de dados não está acessível. Nada foi perdido do que já foi confirmado; tente de novo em instantes.',
  ],
} as const satisfies Record<string, readonly [number, string]>;

export type ProblemCode = keyof typeof PROBLEMS;

/** One field that is wrong: `code` is stable, `message` is in Portuguese; the whole body is the field ''. */
export type FieldProblem = { field: string; code: string; message: string };

/** An error that is answered as problem+json (RFC 9457). */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly fields: FieldProblem[] | undefined;
  constructor(code: ProblemCode, fields?: FieldProblem[], options?: ErrorOptions) {
    super(PROBLEMS[code][1], options);
    this.code = code;
    this.fields = fields;
  }
}

/** The words for what a schema has none of its own for. */
const portuguese = z.locales.pt().localeError;

/**
 * Checks what came in, without what no table can keep (NUL, half surrogate pairs, bottomless nesting); throws a
 * problem with one entry for each field that is wrong.
 */
export function check<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  code: ProblemCode = 'invalid_body',
): z.output<Schema> {
  const result = schema.safeParse(storable(input), { reportInput: true, error: portuguese });
  if (result.success) return result.data;
  const fields = new Map<string, FieldProblem>();
  for (const issue of result.error.issues) {
    for (const problem of fieldProblems(issue, schema, code)) {
      if (!fields.has(problem.field)) fields.set(problem.field, problem);
    }
  }
  throw new Problem(code, [...fields.values()]);
}

/** The query of what takes none: a filter that would be ignored is refused. */
export const noParameters = z.strictObject({});

function fieldProblems(issue: z.core.$ZodIssue, schema: z.ZodType, of: ProblemCode): FieldProblem[] {
  if (issue.code !== 'unrecognized_keys') {
    return [{ field: issue.path.join('.'), code: codeOf(issue), message: issue.message }];
  }
  if (of === 'invalid_body') {
    return issue.keys.map((name) => ({
      field: [...issue.path, name].join('.'),
      code: 'unknown_field',
      message: unknownFieldWords(schema, issue.path, name),
    }));
  }
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const message = known.length
    ? `Não existe este parâmetro. Há: ${known.join(', ')}.`
    : 'Este endereço não aceita parâmetros.';
  return issue.keys.map((field) => ({ field, code: 'unknown_parameter', message }));
}

function codeOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'custom') {
    return typeof issue.params?.code === 'string' ? issue.params.code : 'invalid_value';
  }
  if (issue.code !== 'invalid_type' && issue.code !== 'invalid_union') return issue.code;
  if (issue.path.length === 0) return 'object_expected';
  return issue.input === undefined || issue.input === null ? 'required' : 'invalid_type';
}

export const unknownAddress: RequestHandler = () => {
  throw new Problem('not_found');
};

/**
 * Answers every error as problem+json, or as the last of JSON lines that have begun; what is our own fault is logged,
 * and tells nothing of our insides.
 */
export function answerProblems(log: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const asLine = isTellingLines(response);
    if (response.headersSent && !asLine) return next(error);
    const fault = error instanceof Problem ? error : problemOf(error);
    // A webhook that could not be stored, for whatever reason, is asked for again.
    const lost = fault.code === 'internal' && /^\/(api\/)?webhooks\//.test(request.originalUrl);
    const problem = lost ? new Problem('unavailable') : fault;
    const [status, detail] = PROBLEMS[problem.code];
    if (status >= 500) log.error({ err: error, method: request.method, path: request.path }, problem.code);
    const answer = JSON.stringify({
      type: `urn:lead-flow:problem:${problem.code}`,
      title: detail,
      status,
      code: problem.code,
      ...(problem.fields ? { errors: problem.fields } : {}),
    });
    if (asLine) return void response.end(`${answer}\n`);
    if (status === 503) response.setHeader('retry-after', '5');
    if (status === 401) response.setHeader('www-authenticate', 'Bearer');
    response.status(status).type('application/problem+json').send(answer);
  };
}

function problemOf(error: unknown): Problem {
  const { type, status } = error as { type?: string; status?: number };
  if (error instanceof URIError) return new Problem('not_found'); // an address with a lone %
  if (type === 'entity.too.large') return new Problem('too_large');
  if (type === 'entity.parse.failed') return new Problem('invalid_json');
  if (type === 'encoding.unsupported' || type === 'charset.unsupported') return new Problem('not_json');
  if (status === 400) return new Problem('invalid_json');
  return new Problem(isDatabaseAway(error) ? 'unavailable' : 'internal');
}

/** Whether the database could not be reached, or went away (SQLSTATE classes 08, 53 and 57). */
export function isDatabaseAway(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  if (error instanceof AggregateError) return error.errors.some(isDatabaseAway);
  return (
    /^(08|53|57)/.test(code ?? '') ||
    ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT', 'EPIPE', 'ENOENT', 'EHOSTUNREACH'].includes(
      code ?? '',
    ) ||
    /query read timeout|connection terminated|connection timeout|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable/i.test(
      message ?? '',
    )
  );
}
