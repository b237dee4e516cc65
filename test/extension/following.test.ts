import { stepsOf } from '../../extension/following/steps.ts';
import { holdWords, outgoingWords, troubleWords } from '../../extension/following/words.ts';
import type { HoldReason, Outgoing } from '../../extension/outbox/outgoing.ts';
import { followed, leadTold } from '../../extension/outbox/outgoing.ts';
import { connectionWords } from '../../extension/server/words.ts';
import type { LeadLine } from '../../src/contract/lead.ts';

const LEAD = '0199b1c2-0000-7000-8000-000000000001';
const lead = (over: Partial<LeadLine>): LeadLine =>
  ({
    id: LEAD,
    stage: 'main',
    outcome: null,
    attention: null,
    held: null,
    message_state: null,
    replied_at: null,
    chatwoot: { contact_id: null, conversation_id: null },
    updated_at: '2026-11-20T12:00:00.000Z',
    ...over,
  }) as LeadLine;
const sent = (over: Partial<Outgoing> = {}): Outgoing => ({
  key: 'k',
  body: {
    nome: 'Maria',
    telefone: '+5511987654321',
    cnpj: null,
    consultor: 'Ana',
    status_indicacao: 'qualificado',
  },
  at: 0,
  state: 'sent',
  refusal: null,
  receipt: { lead_id: LEAD, status: 'received' },
  lead: null,
  ...over,
});
const shape = (told: LeadLine | null) =>
  stepsOf(told)
    .map(({ state }) => ({ done: 'x', next: '>', open: '.', failed: '!' })[state])
    .join('');

test.each([
  ['nothing told yet', null, '>.....'],
  ['a contact', lead({ chatwoot: { contact_id: 1, conversation_id: null } }), 'x>....'],
  ['queued', lead({ chatwoot: { contact_id: 1, conversation_id: 2 }, message_state: 'queued' }), 'xx>...'],
  ['sent', lead({ message_state: 'sent' }), 'xxx>..'],
  ['delivered', lead({ message_state: 'delivered' }), 'xxxx>.'],
  ['read', lead({ message_state: 'read' }), 'xxxxx>'],
  [
    'replied, though reading was not told',
    lead({ message_state: 'sent', replied_at: '2026-11-20T12:00:00.000Z' }),
    'xxxxxx',
  ],
  ['failed', lead({ chatwoot: { contact_id: 1, conversation_id: 2 }, message_state: 'failed' }), 'xx.!..'],
  ['closed before anything left', lead({ stage: 'closed' }), '......'],
])('steps of a lead: %s', (_what, told, steps) => expect(shape(told)).toBe(steps));

test('an older telling of a lead does not replace a newer one', () => {
  const newer = lead({ message_state: 'read', updated_at: '2026-11-20T12:00:02.000Z' });
  const outbox = leadTold({ items: [sent()], hold: null }, newer);
  expect(leadTold(outbox, lead({ message_state: 'sent' })).items[0]?.lead).toBe(newer);
});

test('closed leads are followed no longer', () => {
  const items = [
    sent(),
    sent({ key: 'l', receipt: { lead_id: 'closed', status: 'received' }, lead: lead({ stage: 'closed' }) }),
  ];
  expect(followed({ items, hold: null })).toEqual([LEAD]);
});

test.each([
  [sent({ receipt: { lead_id: LEAD, status: 'opted_out' } }), /pediu descadastro: nada será enviado/],
  [sent({ receipt: { lead_id: LEAD, status: 'joined' } }), /somada/],
  [sent({ receipt: null }), /já tinha recebido/],
  [sent({ lead: lead({ outcome: 'converted', stage: 'closed' }) }), /encerrado: convertido/],
  [sent({ lead: lead({ attention: 'send_failed' }) }), /Confira o número/],
  [
    sent({ lead: lead({ held: { reason: 'weekly_limit', since: '', until: null } }) }),
    /máximo de mensagens da semana/,
  ],
  [
    sent({ lead: lead({ held: { reason: 'quiet_hours', since: '', until: '2026-11-20T11:00:00.000Z' } }) }),
    /silêncio: a mensagem sai às \d{2}:\d{2}\./,
  ],
  [sent({ lead: lead({ attention: 'something_new' }) }), /atenção do supervisor/],
  [
    sent({
      state: 'refused',
      refusal: { title: 'Título.', errors: [{ field: 'telefone', message: 'Não existe.' }] },
    }),
    /^Não existe\.$/,
  ],
])('what became of it, in words', (item, words) => expect(outgoingWords(item)).toMatch(words));

const REASONS: HoldReason[] = [
  'not_connected',
  'no_permission',
  'offline',
  'server_failing',
  'busy',
  'key_refused',
  'wrong_server',
  'not_ready',
];

test.each(REASONS)('%s is said wherever it shows, with what to do', (reason) => {
  const hold = { reason, attempts: 1, nextAt: 0 };
  expect(holdWords(hold, 2)?.text).toContain('As 2 indicações estão guardadas na fila.');
  expect(holdWords(hold, 0)).toBeNull();
  expect(troubleWords(reason)?.text).toMatch(/\. \S.+\.$/);
  expect(connectionWords(reason)).toMatch(/\.$/);
});
