import { parseJson } from '../http.ts';
import { call, type WhatsAppConnection, wordOf } from './call.ts';
import { errorOfOddAnswer, WhatsAppError } from './errors.ts';

/** What Meta says of the number itself. */
export type PhoneNumber = {
  id: string;
  displayPhoneNumber: string | null;
  verifiedName: string | null;
  /** `GREEN`, `YELLOW`, `RED` or `UNKNOWN`. */
  qualityRating: string | null;
  /** How many people a day the business may write to first: `TIER_2K`, `TIER_UNLIMITED` … */
  messagingLimit: string | null;
  /** `CONNECTED`, `FLAGGED`, `RESTRICTED`, … */
  status: string | null;
};

/** One template in one language. `bodyParameters` counts the `{{…}}` of its body. */
export type Template = {
  id: string;
  name: string;
  language: string;
  /** `APPROVED`, `PENDING`, `REJECTED`, `PAUSED`, `DISABLED`, … */
  status: string;
  category: string | null;
  /** `GREEN`, `YELLOW`, `RED` or `UNKNOWN`. */
  quality: string | null;
  body: string | null;
  bodyParameters: number;
  buttons: { type: string; text: string }[];
  /** As Meta has them: header, body, footer, buttons. */
  components: unknown[];
};

const NUMBER_FIELDS = 'id,display_phone_number,verified_name,quality_rating,status';
/** The limit is the whole business's; versions before that knew it under the former name. */
const LIMIT_FIELDS = 'whatsapp_business_manager_messaging_limit,messaging_limit_tier';
const UNKNOWN_FIELD = 100;

/**
 * The number's own state. A version of the API that does not know of the limit is asked again without it.
 *
 * @throws WhatsAppError
 */
export async function getPhoneNumber(c: WhatsAppConnection, signal?: AbortSignal): Promise<PhoneNumber> {
  try {
    return await askForNumber(c, `${NUMBER_FIELDS},${LIMIT_FIELDS}`, signal);
  } catch (error) {
    if (!(error instanceof WhatsAppError) || error.code !== UNKNOWN_FIELD) throw error;
    return askForNumber(c, NUMBER_FIELDS, signal);
  }
}

async function askForNumber(
  c: WhatsAppConnection,
  fields: string,
  signal: AbortSignal | undefined,
): Promise<PhoneNumber> {
  const answer = await call(c, 'GET', `${c.phoneNumberId}?fields=${fields}`, undefined, signal);
  const body = parseJson(answer.body) as Record<string, unknown> | null | undefined;
  if (typeof body?.id !== 'string') throw errorOfOddAnswer(answer, 'id');
  return {
    id: body.id,
    displayPhoneNumber: wordOf(body.display_phone_number),
    verifiedName: wordOf(body.verified_name),
    qualityRating: wordOf(body.quality_rating),
    messagingLimit:
      wordOf(body.whatsapp_business_manager_messaging_limit) ?? wordOf(body.messaging_limit_tier),
    status: wordOf(body.status),
  };
}

const TEMPLATE_FIELDS = 'id,name,language,status,category,quality_score,components';
const TEMPLATES_A_PAGE = 100;

/**
 * All templates of a WhatsApp Business Account, page after page.
 *
 * @throws WhatsAppError
 */
export async function listTemplates(
  c: WhatsAppConnection,
  wabaId: string,
  signal?: AbortSignal,
): Promise<Template[]> {
  const templates: Template[] = [];
  let after: string | null = null;
  do {
    const cursor: string = after === null ? '' : `&after=${encodeURIComponent(after)}`;
    const path = `${wabaId}/message_templates?fields=${TEMPLATE_FIELDS}&limit=${TEMPLATES_A_PAGE}${cursor}`;
    const answer = await call(c, 'GET', path, undefined, signal);
    const page = parseJson(answer.body) as TemplatePage | null | undefined;
    if (!Array.isArray(page?.data)) throw errorOfOddAnswer(answer, 'data');
    templates.push(...page.data.map(toTemplate));
    const next = page.paging?.next ? (page.paging.cursors?.after ?? null) : null;
    after = next === after ? null : next;
  } while (after !== null);
  return templates;
}

interface RawTemplate {
  id?: unknown;
  name?: unknown;
  language?: unknown;
  status?: unknown;
  category?: unknown;
  quality_score?: { score?: unknown };
  components?: { type?: string; text?: string; buttons?: { type?: string; text?: string }[] }[];
}

interface TemplatePage {
  data?: RawTemplate[];
  paging?: { cursors?: { after?: string }; next?: string };
}

function toTemplate(raw: RawTemplate): Template {
  const components = raw.components ?? [];
  const body = components.find((component) => component.type === 'BODY')?.text ?? null;
  const buttons = components.find((component) => component.type === 'BUTTONS')?.buttons ?? [];
  return {
    id: String(raw.id ?? ''),
    name: String(raw.name ?? ''),
    language: String(raw.language ?? ''),
    status: String(raw.status ?? ''),
    category: wordOf(raw.category),
    quality: wordOf(raw.quality_score?.score),
    body,
    // A parameter may be used twice: count the different ones.
    bodyParameters: new Set(body?.match(/\{\{\s*\w+\s*\}\}/g)?.map((found) => found.replace(/\s/g, ''))).size,
    buttons: buttons.map((button) => ({ type: button.type ?? '', text: button.text ?? '' })),
    components,
  };
}
