import type { HoldReason } from '../outbox/outgoing.ts';

/** What came of trying a connection, in a sentence that says what to do. */
export function connectionWords(reason: HoldReason): string {
  return WORDS[reason];
}

const WORDS: Readonly<Record<HoldReason, string>> = {
  not_connected: 'Informe o endereço do servidor e a chave.',
  no_permission:
    'O Chrome precisa da sua permissão para falar com este servidor. Clique em Salvar e testar e aceite o pedido.',
  offline: 'O servidor não responde. Confira o endereço e a sua rede, e teste de novo.',
  server_failing:
    'O servidor respondeu com um erro dele. Tente de novo em instantes; se continuar, avise quem administra o Lead Flow.',
  busy: 'O servidor pediu para esperar. Tente de novo em um minuto.',
  key_refused:
    'A chave foi recusada: não existe ou foi revogada. Peça outra a quem administra o Lead Flow e cole-a aqui.',
  wrong_server: 'Há algo neste endereço, mas não é o Lead Flow. Confira o endereço com quem o administra.',
  not_ready: 'O servidor não aceitou o pedido. Confira se ele está na mesma versão desta extensão.',
};
