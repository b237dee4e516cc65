import type { Subject } from './operation.ts';
import { account } from './subjects/account.ts';
import { boards } from './subjects/board.ts';
import { channels } from './subjects/channels.ts';
import { chatwoots } from './subjects/chatwoot.ts';
import { consultants } from './subjects/consultants.ts';
import { conversions } from './subjects/conversions.ts';
import { events } from './subjects/events.ts';
import { flows } from './subjects/flows.ts';
import { health } from './subjects/health.ts';
import { leads } from './subjects/leads.ts';
import { settings } from './subjects/settings.ts';
import { signIn } from './subjects/sign-in.ts';
import { stream } from './subjects/stream.ts';
import { templates } from './subjects/templates.ts';
import { testPhones } from './subjects/test-phone.ts';
import { unknownSends } from './subjects/unknown-sends.ts';
import { webhooks } from './subjects/webhooks.ts';

/** All that the API offers, in the order of the page. */
export const SUBJECTS: readonly Subject[] = [
  leads,
  boards,
  stream,
  conversions,
  unknownSends,
  consultants,
  channels,
  templates,
  flows,
  chatwoots,
  settings,
  events,
  account,
  testPhones,
  webhooks,
  signIn,
  health,
];
