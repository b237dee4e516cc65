// Apart from the rules of sending, as a browser gets these words alone.

const REFUSALS: Readonly<Record<number, string>> = {
  190: 'O token do número expirou ou foi revogado.',
  368: 'A Meta restringiu a conta por violar uma política.',
  131026: 'O número não tem WhatsApp ou não pode receber a mensagem.',
  131031: 'A conta do WhatsApp está bloqueada.',
  131047: 'A janela de 24 h está fechada: só um modelo pode ser enviado.',
  131048: 'A Meta limitou o número por suspeita de spam.',
  131049: 'A Meta segurou a mensagem para não cansar a pessoa. Não é culpa do número.',
  131050: 'A pessoa desligou mensagens de marketing no WhatsApp.',
  131053: 'O arquivo não pôde ser enviado.',
  132000: 'O modelo pede outra quantidade de campos.',
  132001: 'O modelo não existe neste idioma.',
  132012: 'Os campos do modelo têm outro formato.',
  132015: 'O modelo está pausado pela Meta.',
  132016: 'O modelo foi desativado pela Meta.',
};

/** Why WhatsApp turned a message down, by Meta's code; else its own words. */
export function refusalCause(code: number | null, text?: string | null): string {
  const known = code === null ? undefined : REFUSALS[code];
  return known || text || 'O WhatsApp recusou a mensagem.';
}

/** The same with the code, by which more can be found out. */
export function refusalWords(code: number | null, text?: string | null): string {
  const cause = refusalCause(code, text);
  return code === null ? cause : `${cause} (código ${code})`;
}

const CLASSES: Readonly<Record<string, string>> = {
  retry: 'passageiro',
  pair_rate: 'ritmo por pessoa',
  channel_stop: 'número parado',
  template_stop: 'modelo parado',
  no_whatsapp: 'sem WhatsApp',
  opted_out: 'descadastro',
  window_closed: 'fora das 24 h',
  held_back: 'retida pela Meta',
  not_sent: 'não saiu',
  ambiguous: 'envio desconhecido',
  final: 'definitivo',
};

/** What is to be expected after an error, in a word or two. */
export const errorClassName = (errorClass: string): string => CLASSES[errorClass] ?? errorClass;

const CATEGORIES: Readonly<Record<string, string>> = {
  marketing: 'Marketing',
  utility: 'Utilidade',
  authentication: 'Autenticação',
  authentication_international: 'Autenticação internacional',
  service: 'Atendimento',
  unknown: 'Sem categoria',
};

/** What a message is billed as. */
export const priceCategoryName = (category: string): string => CATEGORIES[category] ?? category;
