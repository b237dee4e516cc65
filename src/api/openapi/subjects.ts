import type { Subject } from './operation.ts';
import { account } from './subjects/account.ts';
import { board } from './subjects/board.ts';
import { channels } from './subjects/channels.ts';
import { chatwoot } from './subjects/chatwoot.ts';
import { consultants } from './subjects/consultants.ts';
import { conversions } from './subjects/conversions.ts';
import { events } from './subjects/events.ts';
import { health } from './subjects/health.ts';
import { leads } from './subjects/leads.ts';
import { settings } from './subjects/settings.ts';
import { signIn } from './subjects/sign-in.ts';
import { templates } from './subjects/templates.ts';
import { unknownSends } from './subjects/unknown-sends.ts';
import { webhooks } from './subjects/webhooks.ts';

/** All that the API offers, in the order of the page. */
export const SUBJECTS: readonly Subject[] = [
  leads,
  board,
  conversions,
  unknownSends,
  consultants,
  channels,
  templates,
  chatwoot,
  settings,
  events,
  account,
  webhooks,
  signIn,
  health,
];
