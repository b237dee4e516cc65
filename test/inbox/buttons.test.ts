import { randomUUID } from 'node:crypto';
import { closeLead as endJourney } from '../../src/db/journeys.ts';
import { closeLead, timelineOf, wordsFor } from '../harness/leads.ts';
import { suiteProduct } from '../harness/suite-product.ts';
import { applyEvents, change, outcomeOf, postWhatsApp, storing, text } from './webhooks.ts';

type Json = Record<string, unknown>;

const product = suiteProduct({ worker: false });

/** Posts one webhook, applies it, and says what came of its last event. */
const heard = (body: unknown) => outcomeOf(product, postWhatsApp(product, body));

let people = 0;
/** A lead of somebody of their own, and the number they write from. */
async function lead() {
  const digits = `8765${String(8_000 + people++)}`;
  const { lead_id: leadId } = await product.refer({ telefone: `119${digits}` });
  await product.query('delete from engine_outbox where lead_id = $1', [leadId]);
  return { leadId: leadId as string, from: `55119${digits}`, telefone: `119${digits}` };
}
const presses = (from: string, payload: string, wording = 'Botão', over: Json = {}) =>
  text(from, '', { type: 'button', text: undefined, button: { payload, text: wording }, ...over });
const words = (leadId: string) => wordsFor(product, leadId);
const kinds = (leadId: string) => timelineOf(product, leadId);
const close = (leadId: string, outcome?: string) => closeLead(product, leadId, outcome);
const at = (seconds: number) => ({ timestamp: String(Math.floor(Date.now() / 1000) + seconds) });

describe('what each button does', () => {
  test('talk: a reply, and somebody is asked to call', async () => {
    const { leadId, from } = await lead();
    expect(await heard(presses(from, `talk:${leadId}`, 'Quero falar', at(0)))).toBe('wants_to_talk');
    const { attention, messages } = await product.lead(leadId);
    expect(attention).toBe('wants_to_talk');
    expect(await words(leadId)).toEqual([
      { kind: 'signal', payload: { type: 'reply', messageId: messages[0].id } },
    ]);
    expect(await kinds(leadId)).toEqual(['received', 'replied']);
  });

  test('convert: converted, once, whoever presses how often', async () => {
    const { leadId, from } = await lead();
    expect(await heard(presses(from, `convert:${leadId}`))).toBe('converted');
    expect(await heard(presses(from, `convert:${leadId}`))).toBe('known');
    expect(await product.lead(leadId)).toMatchObject({ converted_at: expect.any(String), attention: null });
    expect(await words(leadId)).toEqual([{ kind: 'signal', payload: { type: 'conversion' } }]);
    const { timeline } = await product.lead(leadId);
    expect(timeline).toContainEqual(
      expect.objectContaining({ kind: 'converted', detail: { source: 'button' } }),
    );
  });

  test('not interested: the workflow hears of that, and of no reply', async () => {
    const { leadId, from } = await lead();
    expect(await heard(presses(from, `not_interested:${leadId}`))).toBe('not_interested');
    expect(await words(leadId)).toEqual([{ kind: 'signal', payload: { type: 'not_interested' } }]);
    expect(await kinds(leadId)).toEqual(['received', 'replied', 'not_interested']);
  });

  test('opt out: stopped when it was received, cancelled when it is applied', async () => {
    const { leadId, from } = await lead();
    expect(await postWhatsApp(product, presses(from, `opt_out:${leadId}`))).toBe(200);
    expect(await product.query('select from suppression')).toHaveLength(1);
    await applyEvents(product);
    expect(await words(leadId)).toEqual([{ kind: 'cancel', payload: {} }]);
    expect(await kinds(leadId)).toEqual(['received', 'replied', 'opted_out']);
  });

  test.each([
    ['Meta’s own', 'Parar promoções', 'Parar promoções'],
    ['one that is not of this product', 'btn_3', 'Parar de receber'],
  ])('%s that stops: an opt-out from the moment it is stored', async (_, payload, wording) => {
    const { leadId, from, telefone } = await lead();
    const stored = await storing(product, () => postWhatsApp(product, presses(from, payload, wording)));
    expect(stored).toEqual({ result: 200, events: 1, stops: expect.any(Number) });
    expect(stored.stops).toBeGreaterThan(0);
    await applyEvents(product);
    expect((await words(leadId)).map(({ kind }) => kind)).toEqual(['cancel']);
    expect((await product.refer({ telefone })).status).toBe('opted_out');
  });

  test.each([
    ['a stop by its wording, whatever its payload', 'talk', 'Parar', 'opted_out'],
    ['a payload that is none of ours', 'lead:7:yes', 'Sim', 'replied'],
    ['a payload that is none of ours, and a stop', 'unsubscribe', 'SAIR', 'opted_out'],
    ['a meaning without a lead', 'not_interested', 'Não', 'not_interested'],
  ])('%s', async (_, payload, wording, outcome) => {
    const { from } = await lead();
    expect(await heard(presses(from, payload, wording))).toBe(outcome);
  });

  test('an interactive button with our payload means the same', async () => {
    const { leadId, from } = await lead();
    const interactive = { type: 'button_reply', button_reply: { id: `talk:${leadId}`, title: 'Falar' } };
    expect(await heard(text(from, '', { type: 'interactive', text: undefined, interactive }))).toBe(
      'wants_to_talk',
    );
  });
});

describe('which lead', () => {
  test('that of the payload, also where it is closed: nothing is told, everything counts', async () => {
    const { leadId, from } = await lead();
    await close(leadId);
    expect(await heard(presses(from, `talk:${leadId}`, 'Falar', at(0)))).toBe('wants_to_talk');
    expect(await product.lead(leadId)).toMatchObject({ attention: 'wants_to_talk' });
    expect(await heard(presses(from, `convert:${leadId}`))).toBe('converted');
    expect(await product.lead(leadId)).toMatchObject({ outcome: 'converted', stage: 'closed' });
    expect(await words(leadId)).toEqual([]);
    expect(await heard(presses(from, `opt_out:${leadId}`))).toBe('opted_out');
    expect((await product.refer({ telefone: from })).status).toBe('opted_out');
  });

  test('the open one of the same flow, where that of an old message is closed', async () => {
    const { leadId: old, from, telefone } = await lead();
    await close(old);
    const { lead_id: open } = await product.refer({ telefone });
    expect(open).not.toBe(old);
    expect(await heard(presses(from, `not_interested:${old}`))).toBe('not_interested');
    expect(await words(open)).toEqual([{ kind: 'signal', payload: { type: 'not_interested' } }]);
    expect(await kinds(old)).toEqual(['received']);
  });

  test('of two that are closed the one named, not the newest', async () => {
    const { leadId: old, from, telefone } = await lead();
    await close(old);
    const { lead_id: newer } = await product.refer({ telefone });
    await close(newer);
    await heard(presses(from, `convert:${old}`));
    expect((await product.lead(old)).converted_at).not.toBeNull();
    expect((await product.lead(newer)).converted_at).toBeNull();
  });

  test("somebody else's is not taken: the newest of the person", async () => {
    const [mine, other] = [await lead(), await lead()];
    expect(await heard(presses(mine.from, `convert:${other.leadId}`))).toBe('converted');
    expect((await product.lead(other.leadId)).converted_at).toBeNull();
    expect((await product.lead(mine.leadId)).converted_at).not.toBeNull();
  });

  test('a lead that nobody has: the newest of the person; of nobody: no lead', async () => {
    const { leadId, from } = await lead();
    expect(await heard(presses(from, `not_interested:${randomUUID()}`))).toBe('not_interested');
    expect(await words(leadId)).toHaveLength(1);
    expect(await heard(presses('5511900001234', `convert:${randomUUID()}`))).toBe('no_lead');
  });

  test('pressed by somebody known only to WhatsApp: the payload tells who it is, and it is remembered', async () => {
    const { leadId } = await lead();
    const unknown = { from: undefined, from_user_id: 'BR.buttons.1' };
    expect(await heard(presses('', `talk:${leadId}`, 'Falar', unknown))).toBe('wants_to_talk');
    expect(await heard(text('', 'oi', unknown))).toBe('replied');
    expect((await product.lead(leadId)).messages).toHaveLength(2);
  });
});

describe('whoever wants to talk', () => {
  test('still does when the journey ends', async () => {
    const { leadId, from } = await lead();
    await heard(presses(from, `talk:${leadId}`, 'Falar', at(0)));
    await product.database.tenant(product.tenantId, (rows) =>
      endJourney(rows, leadId, 'not_converted', null),
    );
    expect(await product.lead(leadId)).toMatchObject({ stage: 'closed', attention: 'wants_to_talk' });
  });

  const echo = (to: string, over: Json = {}) =>
    change(
      {
        message_echoes: [
          {
            from: '5511940000001',
            to,
            id: `wamid.${randomUUID()}`,
            type: 'text',
            text: { body: 'Oi' },
            ...over,
          },
        ],
      },
      'smb_message_echoes',
    );

  test('no longer, once somebody wrote to them on the phone; which is no reply of theirs', async () => {
    const { leadId, from } = await lead();
    await heard(presses(from, `talk:${leadId}`, 'Falar', at(-60)));
    const told = await words(leadId);
    expect(await heard(echo(from, at(-30)))).toBe('agent_wrote');
    expect(await product.lead(leadId)).toMatchObject({ attention: null, messages: [{ direction: 'in' }] });
    expect(await words(leadId)).toEqual(told);
    const [stored] = await product.query<{ ago: number }>(
      'select extract(epoch from now() - agent_wrote_at) as ago from lead where id = $1',
      [leadId],
    );
    expect(Math.round(Number(stored?.ago) / 10)).toBe(3);
    // The timeline shows it when it was written, half a minute before this lead was there.
    expect(await kinds(leadId)).toEqual(['agent_wrote', 'received', 'replied']);
  });

  test('whatever comes first: asked before, answered since', async () => {
    const { leadId, from } = await lead();
    await heard(echo(from, at(-30)));
    await heard(presses(from, `talk:${leadId}`, 'Falar', at(-60)));
    expect((await product.lead(leadId)).attention).toBeNull();
    await heard(presses(from, `talk:${leadId}`, 'Falar', at(0)));
    expect((await product.lead(leadId)).attention).toBe('wants_to_talk');
    await heard(echo(from, at(-20)));
    expect((await product.lead(leadId)).attention).toBe('wants_to_talk');
  });

  test('an echo of what the product itself sent, or to nobody we know: nothing', async () => {
    const { leadId, from } = await lead();
    await product.query(
      `insert into message (tenant_id, lead_id, person_id, channel_id, direction, stage, kind, wamid, state)
       select tenant_id, id, person_id, (select id from channel), 'out', 'main', 'template', 'wamid.ours', 'sent'
       from lead where id = $1`,
      [leadId],
    );
    expect(await heard(echo(from, { id: 'wamid.ours' }))).toBe('kept');
    expect(await heard(echo('5511900005678'))).toBe('no_lead');
    expect(await kinds(leadId)).toEqual(['received']);
  });
});

describe('what is no reply', () => {
  test.each<[string, Json, string, string | null]>([
    ['a reaction', { type: 'reaction', reaction: { message_id: 'wamid.x', emoji: '👍' } }, 'reacted', '👍'],
    ['a reaction taken back', { type: 'reaction', reaction: { message_id: 'wamid.x' } }, 'reacted', null],
    [
      'an edit',
      {
        type: 'edit',
        edit: { original_message_id: 'wamid.x', message: { type: 'text', text: { body: 'corrigido' } } },
      },
      'edited',
      'corrigido',
    ],
    ['a message taken back', { type: 'revoke', revoke: { original_message_id: 'wamid.x' } }, 'revoked', null],
  ])('%s: kept, shown, and no workflow is told', async (_, content, event, body) => {
    const { leadId, from } = await lead();
    expect(await heard(text(from, '', { text: undefined, ...content }))).toBe(event);
    expect(await kinds(leadId)).toEqual(['received', event]);
    expect((await product.lead(leadId)).messages).toMatchObject([
      { direction: 'in', kind: content.type, body },
    ]);
    expect(await words(leadId)).toEqual([]);
  });

  test('an edit into a stop is a stop', async () => {
    const { leadId, from } = await lead();
    const edit = { original_message_id: 'wamid.x', message: { type: 'text', text: { body: 'Sair' } } };
    expect(await heard(text(from, '', { text: undefined, type: 'edit', edit }))).toBe('opted_out');
    expect(await words(leadId)).toEqual([{ kind: 'cancel', payload: {} }]);
  });

  test('what WhatsApp cannot show us is a reply all the same', async () => {
    const { leadId, from } = await lead();
    const unsupported = { text: undefined, type: 'unsupported', errors: [{ code: 131051, title: 'x' }] };
    expect(await heard(text(from, '', unsupported))).toBe('replied');
    expect(await words(leadId)).toHaveLength(1);
  });
});
