import { type Product, until } from '../harness/product.ts';

const NAMES = [
  'Maria Aparecida da Silva',
  'João Batista Ferreira',
  'Antônia Pereira Lima',
  'Carlos Eduardo Rocha',
  'Fernanda Alves Costa',
  'Luiz Henrique Barbosa',
  'Patrícia Gomes Nogueira',
  'Rafael Teixeira Dias',
  'Sandra Regina Moreira',
  'Thiago Nascimento',
];

/**
 * Leads as a day brings them: most asleep, some that answered, converted, opted out, or ask for attention. Gives the
 * id of one that has a conversation.
 */
export async function someLeads(product: Product): Promise<string> {
  await product.call('POST', '/v1/templates/sync');
  const agents = product.sandbox.chatwoot.agents;
  const ids: string[] = [];
  for (const [number, nome] of NAMES.entries()) {
    const consultor = number === 8 ? 'Alguém de Fora' : agents[number % agents.length]?.name;
    ids.push((await product.refer({ nome, consultor })).lead_id);
  }
  await Promise.all(ids.map((id) => until(async () => (await product.lead(id)).stage === 'waiting')));
  const [first = '', , second = '', third = ''] = ids;
  await answer(product, first, { text: 'Oi! Pode me ligar às 15h?' });
  await answer(product, ids[4] ?? '', { button: { payload: 'talk', text: 'Quero falar' } });
  await answer(product, second, { text: 'SAIR' });
  await product.call('POST', '/v1/conversions', { lead_id: third });
  await until(async () => (await product.lead(first)).column === 'contacted');
  await until(async () => (await product.lead(second)).outcome === 'opted_out');
  await until(async () => (await product.lead(third)).outcome === 'converted');
  return first;
}

async function answer(
  product: Product,
  leadId: string,
  what: { text: string } | { button: { payload: string; text: string } },
): Promise<void> {
  const { phone } = await product.lead(leadId);
  product.sandbox.whatsapp.reply({ from: phone.slice(1), ...what });
}
