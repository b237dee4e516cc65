/** A call that the sample screen shows. All of it is made up; numbers and CNPJs are valid in form. */
export type Call = {
  name: string;
  role: string;
  /** As such screens write them, each in another way. */
  phone: string;
  cnpj: string;
  company: string;
  city: string;
  interest: string;
  notes: string;
  status: 'qualificado' | 'nao_qualificado';
};

/** The consultant who is on the phone: one of the Chatwoot stand-in's agents. */
export const CONSULTANT = 'Ana Martins';

/** The calls, as `?chamada=1` to `?chamada=4` name them. */
export const CALLS: readonly Call[] = [
  {
    name: 'Mariana Azevedo Prado',
    role: 'Sócia-administradora',
    phone: '(11) 98765-4321',
    cnpj: '41.307.528/0001-95',
    company: 'Padaria Trigo Bom Ltda.',
    city: 'São Paulo – SP',
    interest: 'Máquina de cartão e antecipação de recebíveis',
    notes: 'Quer receber a proposta pelo WhatsApp antes de sexta-feira.',
    status: 'qualificado',
  },
  {
    name: 'João Batista d’Ávila Júnior',
    role: 'Proprietário',
    phone: '+55 51 99876-5432',
    cnpj: '12.ABC.345/01DE-35',
    company: 'Oficina d’Ávila & Filhos ME',
    city: 'Porto Alegre – RS',
    interest: 'Capital de giro',
    notes: 'CNPJ no novo formato, com letras. Prefere falar depois das 18h.',
    status: 'qualificado',
  },
  {
    name: 'Conceição Araújo',
    role: 'Gerente financeira',
    phone: '71 9 8123-4567',
    cnpj: '27751963000183',
    company: 'Recôncavo Distribuidora de Bebidas S.A.',
    city: 'Salvador – BA',
    interest: 'Conta digital com vários acessos',
    notes: 'Indicada por um cliente. Decide junto com o sócio, que volta na próxima semana.',
    status: 'qualificado',
  },
  {
    name: 'Wellington Sá',
    role: 'Microempreendedor',
    phone: '031987651234',
    cnpj: '50.914.632/0001-39',
    company: 'Wellington Sá – Fretes e Mudanças',
    city: 'Belo Horizonte – MG',
    interest: 'Só pesquisando por enquanto',
    notes: 'Ainda sem faturamento para o produto.',
    status: 'nao_qualificado',
  },
];
