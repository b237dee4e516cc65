import type { BoardColumn, LeadLine } from '../../src/contract/lead.ts';
import { outcomeName, stageName } from '../../src/domain/lead.ts';

/** A column of the board: its name, what stands in it, and its colour in Mantine's palette. */
type ColumnWords = { name: string; meaning: string; empty: string; color: string };

/** The board's columns, in its order. */
export const COLUMNS: Readonly<Record<BoardColumn, ColumnWords>> = {
  new: {
    name: 'Novo',
    meaning: 'Acabou de chegar; a primeira mensagem ainda não saiu.',
    empty: 'Toda indicação nova já saiu daqui.',
    color: 'blue',
  },
  contacted: {
    name: 'Em contato',
    meaning: 'A pessoa respondeu, ou a primeira mensagem acabou de sair.',
    empty: 'Ninguém respondeu ainda.',
    color: 'teal',
  },
  waiting: {
    name: 'Aguardando D+3',
    meaning: 'Dorme até o dia do retrabalho.',
    empty: 'Nenhum lead espera pelo retrabalho.',
    color: 'indigo',
  },
  rework: {
    name: 'Retrabalho',
    meaning: 'O segundo contato está em andamento.',
    empty: 'Nenhum retrabalho em andamento.',
    color: 'grape',
  },
  attention: {
    name: 'Precisa de atenção',
    meaning: 'Alguém precisa olhar; o cartão diz por quê.',
    empty: 'Nada parado. Tudo anda sozinho.',
    color: 'orange',
  },
  converted: {
    name: 'Convertido',
    meaning: 'Virou venda.',
    empty: 'Nenhuma conversão ainda.',
    color: 'green',
  },
  not_converted: {
    name: 'Não convertido',
    meaning: 'Encerrado sem venda.',
    empty: 'Nenhum lead encerrado sem venda.',
    color: 'gray',
  },
  opted_out: {
    name: 'Descadastrado',
    meaning: 'Pediu para não receber mais mensagens; vale para sempre.',
    empty: 'Ninguém pediu descadastro.',
    color: 'red',
  },
  no_whatsapp: {
    name: 'Sem WhatsApp',
    meaning: 'O número não tem WhatsApp ou não recebe mensagens.',
    empty: 'Todos os números têm WhatsApp.',
    color: 'yellow',
  },
};

/** Where a lead stands, in words, also where the board does not show it. */
export function standing(lead: Pick<LeadLine, 'column' | 'stage' | 'outcome'>): {
  name: string;
  color: string;
} {
  if (lead.column) return COLUMNS[lead.column];
  return { name: lead.outcome ? outcomeName(lead.outcome) : stageName(lead.stage), color: 'gray' };
}
