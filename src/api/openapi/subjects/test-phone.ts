import { testPhone, testPhoneReply } from '../../../contract/connection.ts';
import { testPhoneAnswer } from '../../test-phone.ts';
import { described, type JsonSchema, type Subject } from '../operation.ts';

const { element: phone } = testPhone.shape.phones;
const { element: message } = phone.shape.messages;

/** A text or a button. */
function oneOfThem(made: JsonSchema): void {
  made.oneOf = [{ required: ['text'] }, { required: ['button'] }];
}

export const testPhones: Subject = {
  name: 'Telefone de teste',
  description:
    'O telefone do ambiente de teste (sandbox): ler como a pessoa leria, apertar botões, responder SAIR.',
  schemas: [
    described(testPhone, {
      name: 'TestPhone',
      fields: { phones: 'Os telefones de leads da empresa, a conversa mais nova primeiro.' },
    }),
    described(phone, {
      fields: {
        wa_id: 'O número, como o WhatsApp o conhece.',
        name: 'O nome da pessoa.',
        messages: 'As mensagens, a mais antiga primeiro.',
      },
    }),
    described(message, {
      fields: {
        id: 'O id no WhatsApp.',
        direction: '`out`: enviada à pessoa; `in`: escrita por ela.',
        text: 'O texto.',
        buttons: 'Os botões de resposta, na ordem.',
        state: 'Até onde chegou.',
        at: { description: 'Quando.', format: 'date-time' },
      },
    }),
    described(message.shape.buttons.element, {
      fields: { text: 'O que está escrito nele.', payload: 'O que ele leva.' },
    }),
    described(testPhoneAnswer, {
      name: 'TestPhoneAnswer',
      description: 'O que a pessoa faz: escreve um texto ou aperta um botão.',
      fields: {
        wa_id: 'De quem é o telefone.',
        text: { description: 'O que ela escreve.', minLength: 1 },
        button: 'O botão que ela aperta, como veio.',
      },
      mend: oneOfThem,
    }),
    described(testPhoneAnswer.shape.button.unwrap(), {
      fields: { payload: 'O que ele leva.', text: 'O que está escrito nele.' },
    }),
    described(testPhoneReply, { name: 'TestPhoneReply', fields: { id: 'O id da mensagem da pessoa.' } }),
  ],
  operations: [
    {
      id: 'readTestPhone',
      method: 'get',
      path: '/v1/test-phone',
      summary: 'Lê os telefones de teste',
      answers: { 200: { description: 'Os telefones.', schema: testPhone } },
      problems: ['no_test_phone', 'test_phone_unavailable'],
    },
    {
      id: 'replyFromTestPhone',
      method: 'post',
      path: '/v1/test-phone/replies',
      summary: 'Responde como a pessoa',
      body: {
        schema: testPhoneAnswer,
        examples: { 'Pedir descadastro': { wa_id: '5511987654321', text: 'SAIR' } },
      },
      answers: { 202: { description: 'Enviado; chega pelo webhook.', schema: testPhoneReply } },
      problems: ['no_test_phone', 'phone_not_found', 'test_phone_unavailable'],
    },
  ],
};
