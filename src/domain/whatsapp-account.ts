import { idOf, integerOf, isObject, type JsonObject, listOf, objectOf, textOf } from './loose-json.ts';

/** One template in one language. */
type TemplateName = { name: string; language: string };

/**
 * What WhatsApp says of the business's account, of a number or of a template.
 *
 * `reason` is in Meta's words; `until` an ISO instant at which a pause ends by itself, null where it has to be
 * lifted; `effect` null where sending stays as it is.
 */
export type AccountUpdate =
  | ({ about: 'template_status'; status: string; category: string | null; reason: string } & TemplateName)
  | ({ about: 'template_quality'; quality: string } & TemplateName)
  | ({ about: 'template_components'; components: JsonObject[] } & TemplateName)
  /** `flagged` is whether the number's quality has become low, or low no more; null where nothing is said of it. */
  | { about: 'number_quality'; number: string | null; limit: string | null; flagged: boolean | null }
  | { about: 'standing'; effect: 'pause' | 'lift'; reason: string; until: string | null };

const READERS: Readonly<Record<string, (value: JsonObject) => AccountUpdate | null>> = {
  message_template_status_update: templateStatus,
  message_template_quality_update: templateQuality,
  message_template_components_update: templateComponents,
  phone_number_quality_update: numberQuality,
  business_capability_update: ({ max_daily_conversations_per_business: limit }) =>
    tierOf(limit) === null
      ? null
      : { about: 'number_quality', number: null, limit: tierOf(limit), flagged: null },
  account_update: standing,
};

/** Reads the value of a webhook of that field; null where it says nothing that is acted upon. */
export function readAccountUpdate(field: string, value: unknown): AccountUpdate | null {
  const read = Object.hasOwn(READERS, field) ? READERS[field] : undefined;
  return read && isObject(value) ? read(value) : null;
}

/** Names what an update speaks of: of two with the same topic, only the newer still holds. */
export function topicOf(update: AccountUpdate): readonly (string | null)[] {
  if (update.about === 'standing') return [update.about];
  return update.about === 'number_quality'
    ? [update.about, update.number, update.flagged === null ? 'limit' : 'flag']
    : [update.about, update.name, update.language];
}

/** What a template's status means for sending it; null where it says nothing of that (locked, archived …). */
export function effectOfTemplateStatus(status: string): 'stop' | 'lift' | null {
  if (status === 'APPROVED') return 'lift';
  return STOPPING.includes(status) ? 'stop' : null;
}

const STOPPING: readonly string[] = [
  'PAUSED',
  'DISABLED',
  'REJECTED',
  'FLAGGED',
  'PENDING',
  'IN_APPEAL',
  'ARCHIVED',
  'PENDING_DELETION',
  'DELETED',
];

/** These tell of the template, but are no status of it. */
const NO_STATUS: readonly string[] = ['LOCKED', 'LIMIT_EXCEEDED', 'UNARCHIVED'];

function templateOf(value: JsonObject): TemplateName | null {
  const name = idOf(value.message_template_name);
  const language = idOf(value.message_template_language);
  return name === null || language === null ? null : { name, language };
}

function templateStatus(value: JsonObject): AccountUpdate | null {
  const template = templateOf(value);
  const event = idOf(value.event)?.toUpperCase() ?? null;
  if (template === null || event === null || NO_STATUS.includes(event)) return null;
  const other = objectOf(value.other_info);
  const rejection = objectOf(value.rejection_info);
  const said = [value.reason, other.title, other.description, rejection.reason, rejection.recommendation]
    .map(textOf)
    .filter((words) => words !== null && words !== '' && words.toUpperCase() !== 'NONE');
  return {
    about: 'template_status',
    ...template,
    // "No longer flagged or disabled", as Meta explains it.
    status: event === 'REINSTATED' ? 'APPROVED' : event,
    category: textOf(value.message_template_category),
    reason: wordsOf(event, said),
  };
}

function templateQuality(value: JsonObject): AccountUpdate | null {
  const template = templateOf(value);
  const quality = idOf(value.new_quality_score);
  return template && quality ? { about: 'template_quality', ...template, quality } : null;
}

/** The webhook names each part apart; the list of templates has them as components, and so are they kept. */
function templateComponents(value: JsonObject): AccountUpdate | null {
  const template = templateOf(value);
  const body = textOf(value.message_template_element);
  if (template === null || body === null) return null;
  const header = textOf(value.message_template_title);
  const footer = textOf(value.message_template_footer);
  const buttons = listOf(value.message_template_buttons)
    .map(objectOf)
    .map((button) => ({
      type: textOf(button.message_template_button_type) ?? '',
      text: textOf(button.message_template_button_text) ?? '',
    }));
  const components: JsonObject[] = [
    ...(header === null ? [] : [{ type: 'HEADER', format: 'TEXT', text: header }]),
    { type: 'BODY', text: body },
    ...(footer === null ? [] : [{ type: 'FOOTER', text: footer }]),
    ...(buttons.length === 0 ? [] : [{ type: 'BUTTONS', buttons }]),
  ];
  return { about: 'template_components', ...template, components };
}

function numberQuality(value: JsonObject): AccountUpdate | null {
  const event = idOf(value.event);
  const flagged = event === 'FLAGGED' ? true : event === 'UNFLAGGED' ? false : null;
  // A higher throughput comes as a limit, too, and is none: how many messages a second, not how many people a day.
  const limit =
    event === 'THROUGHPUT_UPGRADE'
      ? null
      : (tierOf(value.max_daily_conversations_per_business) ?? tierOf(value.current_limit));
  if (flagged === null && limit === null) return null;
  return { about: 'number_quality', number: idOf(value.display_phone_number), limit, flagged };
}

function tierOf(value: unknown): string | null {
  const tier = idOf(value);
  return tier !== null && /^TIER_\w+$/.test(tier) ? tier : null;
}

/** Restrictions that leave the sending of templates as it is. */
const HARMLESS: readonly string[] = [
  'RESTRICTED_ADD_PHONE_NUMBER_ACTION',
  'RESTRICTED_CUSTOMER_INITIATED_MESSAGING',
];

function standing(value: JsonObject): AccountUpdate | null {
  const event = idOf(value.event);
  switch (event) {
    case 'ACCOUNT_RESTRICTION':
      return restriction(listOf(value.restriction_info).map(objectOf));
    case 'DISABLED_UPDATE': {
      const ban = objectOf(value.ban_info);
      const state = idOf(ban.waba_ban_state);
      // Announced, not done yet.
      if (state === 'SCHEDULE_FOR_DISABLE') return null;
      const effect = state === 'REINSTATE' ? 'lift' : 'pause';
      return {
        about: 'standing',
        effect,
        reason: wordsOf(event, [state, textOf(ban.waba_ban_date)]),
        until: null,
      };
    }
    case 'ACCOUNT_DELETED':
    case 'ACCOUNT_OFFBOARDED':
      return { about: 'standing', effect: 'pause', reason: event, until: null };
    case 'ACCOUNT_RECONNECTED':
      return { about: 'standing', effect: 'lift', reason: event, until: null };
    default:
      return null;
  }
}

function restriction(all: readonly JsonObject[]): AccountUpdate | null {
  const felt = all.filter(({ restriction_type: type }) => !HARMLESS.includes(textOf(type) ?? ''));
  if (all.length > 0 && felt.length === 0) return null;
  const ends = felt.map(({ expiration }) => instantOf(integerOf(expiration)));
  const last = ends.includes(null) ? null : ends.sort().at(-1);
  return {
    about: 'standing',
    effect: 'pause',
    reason: wordsOf(
      'ACCOUNT_RESTRICTION',
      felt.map(({ restriction_type: type }) => textOf(type)),
    ),
    until: last ?? null,
  };
}

function instantOf(seconds: number | null): string | null {
  return seconds !== null && seconds > 0 && seconds < 253_402_300_800
    ? new Date(seconds * 1000).toISOString()
    : null;
}

const LONGEST_REASON = 500;

function wordsOf(event: string, said: readonly (string | null)[]): string {
  const words = said.filter((word) => word !== null && word !== '');
  return (words.length === 0 ? event : `${event}: ${words.join(' — ')}`).slice(0, LONGEST_REASON);
}
