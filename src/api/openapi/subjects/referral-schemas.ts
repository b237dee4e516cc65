import { leadReceipt, optOutReceipt, receiptLinks, reworkReceipt } from '../../../contract/receipts.ts';
import { referralSchema, statusChangeSchema } from '../../../domain/referral.ts';
import { tenantSettings } from '../../../domain/settings.ts';
import { described, type JsonSchema } from '../operation.ts';

/** Every company has statuses of its own; these are the ones it begins with. */
const DEFAULTS = tenantSettings.parse({});
const VALUES = DEFAULTS.referralStatuses.map(({ value }) => value);

/** Of a receipt: what of the body said nothing. */
export const IGNORED =
  'Os campos enviados que não existem aqui: foram ignorados. Não vem quando não há nenhum. Confira se não é um campo com o nome errado.';

/** As it is sent: before the names are made Portuguese. */
export const newReferral = referralSchema(DEFAULTS).out;
export const statusChange = statusChangeSchema(DEFAULTS).out;

const STATUS = {
  description:
    'O status da indicação, pelo código ou pelo nome, sem diferença de maiúsculas, acentos, espaços, hífens e sublinhados. Os valores são os de `referralStatuses` em `GET /v1/settings`; só leads com status qualificado são retrabalhados.',
  examples: VALUES,
};

/** English names that mean the same. */
const ALSO = {
  nome: 'name',
  telefone: 'phone',
  consultor: 'consultant',
  status_indicacao: 'referral_status',
  observacoes: 'notes',
} as const;

/** Each field may come by either name; one of them is required where the field is. */
function byEitherName(made: JsonSchema): void {
  const properties = made.properties as Record<string, JsonSchema>;
  const required = made.required as string[];
  for (const [ours, theirs] of Object.entries(ALSO)) {
    const words = properties[ours];
    if (!words) continue;
    properties[theirs] = { ...structuredClone(words), description: `O mesmo que \`${ours}\`, em inglês.` };
  }
  delete made.required;
  made.allOf = required.map((field) => {
    const other = ALSO[field as keyof typeof ALSO];
    return { anyOf: [{ required: [field] }, { required: [other] }] };
  });
}

/** What is sent to refer a lead or to change it, and the receipts. */
export const REFERRAL_SCHEMAS = [
  described(newReferral, {
    name: 'NewReferral',
    description:
      'Uma indicação. Obrigatórios: nome, telefone, consultor e status_indicacao, pelo nome em português ou em inglês. Os dois nomes juntos só se disserem o mesmo. Outros campos são ignorados, e o recibo diz quais.',
    fields: {
      nome: { description: 'O nome da pessoa.', minLength: 1, examples: ['Maria da Silva'] },
      telefone: {
        description:
          'Um telefone, com DDD, em qualquer forma usual; sem código do país é brasileiro, e o nono dígito é acrescentado se faltar.',
        examples: ['(11) 98765-4321', '+55 11 98765-4321', '5511987654321', 11987654321],
      },
      cnpj: {
        description:
          'O CNPJ, numérico ou alfanumérico, com ou sem máscara. Como número, os zeros à esquerda são repostos. Vazio ou nulo: não há.',
        examples: ['11.222.333/0001-81', '12.ABC.345/01DE-35'],
      },
      consultor: {
        description:
          'O consultor que indica, pelo nome ou pelo e-mail. Um desconhecido também é aceito: a equipe recebe o lead, que pede atenção.',
        minLength: 1,
        examples: ['Ana Martins', 'ana@empresa.com.br'],
      },
      status_indicacao: STATUS,
      email: {
        description: 'O e-mail da pessoa. Vazio ou nulo: não há.',
        examples: ['maria@exemplo.com.br'],
      },
      observacoes: {
        description: 'O que mais se sabe; fica na conversa. Vazio ou nulo: nada.',
        examples: ['Prefere ser chamada à tarde.'],
      },
    },
    mend(made) {
      byEitherName(made);
      // Who refers has fields of their own.
      made.additionalProperties = true;
    },
  }),
  described(statusChange, {
    name: 'StatusChange',
    fields: { status_indicacao: STATUS },
    mend: byEitherName,
  }),
  described(receiptLinks, {
    name: 'ReceiptLinks',
    fields: { lead: 'O lead, nesta API.', workflow: 'A página do lead no Temporal.' },
  }),
  described(leadReceipt, {
    name: 'LeadReceipt',
    description: 'O recibo: a indicação está gravada e não se perde.',
    fields: {
      lead_id: 'Id do lead.',
      referral_id: 'Id desta indicação.',
      referral_number: 'Qual das indicações do lead, a partir de 1.',
      status:
        '`received`: abriu um lead; `joined`: a pessoa já tinha um lead aberto, e a indicação juntou-se a ele; `opted_out`: a pessoa pediu descadastro, e nada será enviado.',
      consultant_known: 'Se o consultor é cadastrado.',
      created_at: 'Quando foi gravada.',
      links: 'Onde acompanhar.',
      ignored_fields: { description: IGNORED, examples: [['observacao']] },
    },
  }),
  described(reworkReceipt, {
    name: 'ReworkReceipt',
    fields: { lead_id: 'Id do lead.', note: 'Quando o retrabalho começa.', links: 'Onde acompanhar.' },
  }),
  described(optOutReceipt, {
    name: 'OptOutReceipt',
    fields: { lead_id: 'Id do lead.', links: 'Onde acompanhar.' },
  }),
];
