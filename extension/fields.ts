/** The fields of a referral that the panel shows, in their order. */
export const FIELDS = ['nome', 'telefone', 'cnpj', 'consultor', 'status_indicacao'] as const;
export type Field = (typeof FIELDS)[number];

/** What a consultant reads above each field. */
export const FIELD_NAMES: Readonly<Record<Field, string>> = {
  nome: 'Nome',
  telefone: 'Telefone',
  cnpj: 'CNPJ',
  consultor: 'Consultor',
  status_indicacao: 'Status de indicação',
};

export const isField = (name: unknown): name is Field => FIELDS.some((field) => field === name);
