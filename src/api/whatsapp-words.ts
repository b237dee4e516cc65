import type { WhatsAppFault } from '../connections/whatsapp-trial.ts';
import type { FieldProblem } from './problems.ts';

/** What Meta was asked about: a number, by its id, its business account, or both. */
type Asked = { number?: string; account?: true };

/** Why Meta did not tell what it was asked, with the field that is to blame and the remedy. */
export function faultWords({ fault, how, said, message }: WhatsAppFault, asked: Asked): FieldProblem {
  const metaSays = said ? ` A Meta disse: ${said}` : '';
  const words = (field: string, text: string): FieldProblem => ({
    field,
    code: fault,
    message: text + metaSays,
  });
  switch (fault) {
    case 'token_refused':
      return words(
        'token',
        `A Meta recusou o token (${how}). Gere um permanente para um usuário do sistema e informe-o em token.`,
      );
    case 'right_missing': {
      const rights = [
        asked.number && 'whatsapp_business_messaging',
        asked.account && 'whatsapp_business_management',
      ].filter(Boolean);
      return words(
        'token',
        `Falta ao token um direito (${how}): ele precisa de ${rights.join(' e ')} para este número. Gere outro e informe-o em token.`,
      );
    }
    case 'unknown_id':
      return unknownId(asked, words, how);
    case 'unreachable':
      return words('base_url', `A Meta não respondeu como devia (${message}). Tente de novo em instantes.`);
    case 'refused':
      return words(
        '',
        `A Meta recusou o pedido (${how || message}). Veja o motivo no Gerenciador do WhatsApp.`,
      );
  }
}

function unknownId(
  { number, account }: Asked,
  words: (field: string, text: string) => FieldProblem,
  how: string,
): FieldProblem {
  const where = 'na página da API do WhatsApp, no app da Meta';
  if (number === undefined) {
    const text = `O token não vê a conta do WhatsApp Business deste número (${how}). Confira o id da conta ${where}.`;
    return words('business_account_id', text);
  }
  const which = account
    ? `o número de id ${number}, ou a conta do WhatsApp Business dele`
    : `o número de id ${number}`;
  const text = `O token não vê ${which} (${how}). Confira o id ${where}: não é o número de telefone.`;
  return words('phone_number_id', text);
}
