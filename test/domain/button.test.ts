import { BUTTON_MEANINGS, buttonPayload, readButton } from '../../src/domain/button.ts';

const LEAD = '0199f3a0-1111-7abc-8def-0123456789ab';

test.each(BUTTON_MEANINGS)('what is sent as %s comes back as that', (meaning) => {
  expect(readButton(buttonPayload(meaning, LEAD))).toEqual({ meaning, leadId: LEAD });
});

test.each<[string | null, unknown]>([
  ['talk', { meaning: 'talk', leadId: null }],
  [`OPT_OUT:${LEAD.toUpperCase()}`, { meaning: 'opt_out', leadId: LEAD }],
  ['convert:', { meaning: 'convert', leadId: null }],
  [`talk:${LEAD}:x`, { meaning: 'talk', leadId: null }],
  ["talk:' or true", { meaning: 'talk', leadId: null }],
  ['lead:1:talk', null],
  ['talks', null],
  ['opt_outside', null],
  ['constructor:x', null],
  ['', null],
  [null, null],
])('%j', (payload, expected) => expect(readButton(payload)).toEqual(expected));
