/** How far a message can come; `failed` ends it. */
export const MESSAGE_STATUSES = ['sent', 'delivered', 'read', 'played', 'failed'] as const;

/** One of them. */
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

/** A status that was reached; times are unix milliseconds. */
export type StatusRecord = { status: MessageStatus; at: number; errorCode?: number };

/** One that is still to come. */
export type PlannedStatus = { status: MessageStatus; dueAt: number; errorCode?: number };

/** A message that was taken. */
export type SentMessage = {
  wamid: string;
  /** `chatwoot`: a public message of a Chatwoot conversation. */
  via: 'api' | 'chatwoot';
  /** What was dialled: digits, or the business-scoped user id. */
  to: string;
  /** What WhatsApp knows the number as; null for a user id. */
  waId: string | null;
  userId: string | null;
  type: 'template' | 'text';
  template: string | null;
  language: string | null;
  bodyParameters: string[];
  buttonPayloads: string[];
  text: string | null;
  attemptId: string | null;
  messageStatus: string;
  acceptedAt: number;
  statuses: StatusRecord[];
  planned: PlannedStatus[];
};

/** What a person wrote or did. */
export type ReceivedMessage = {
  wamid: string | null;
  from: string;
  kind: 'text' | 'button' | 'preference';
  content: string;
  at: number;
};

/** What Meta thinks of a number or a template. */
export type Quality = 'GREEN' | 'YELLOW' | 'RED' | 'UNKNOWN';

/** A template in its one language. */
export type TemplateRecord = {
  id: string;
  name: string;
  language: string;
  status: 'APPROVED' | 'PENDING' | 'REJECTED' | 'PAUSED' | 'DISABLED';
  category: 'MARKETING' | 'UTILITY';
  quality: Quality;
  body: string;
  buttons: string[];
};

/** Delays from acceptance to each status, milliseconds. */
export type Delays = { sentMs: number; deliveredMs: number; readMs: number };

/** What may be set differently from a WhatsApp where everything arrives and is read. */
export type WhatsAppBehaviour = {
  delays: Delays;
  /** The share of messages that are read. */
  readRate: number;
  /** Whether status webhooks are sent at all. */
  statuses: boolean;
  /** Numbers whose messages are accepted and then fail with 131026. */
  undeliverable: string[];
  /** Numbers (or `*` for all) refused at once, with one of Meta's codes. */
  rejectCode: Record<string, number>;
  /** What accepted messages say; anything but `accepted` never gets a status. */
  messageStatus: 'accepted' | 'held_for_quality_assessment' | 'paused';
  /** `as_registered`: numbers of DDD 31 and above answer without their ninth digit, as many accounts do. */
  waId: 'as_registered' | 'as_dialled';
  /** The most updates in one webhook POST. */
  maxBatch: number;
  /** What the number says of itself. */
  number: { quality: Quality; limit: string; status: string };
  /** Whether the account may send: until when it is restricted (unix milliseconds), whether it is banned. */
  account: { restrictedUntil: number | null; banned: boolean };
  /** The apps that are told of the account. */
  subscribedApps: { id: string; name: string }[];
  /** What the token may do, and until when (unix seconds; 0: for ever). */
  token: { scopes: string[]; expiresAt: number };
};

const BUTTONS = ['Quero falar', 'Não tenho interesse', 'Parar de receber'];

/** The templates that are there from the start. */
export const TEMPLATES: readonly TemplateRecord[] = [
  {
    id: '1192339204654487',
    name: 'indicacao_boas_vindas',
    language: 'pt_BR',
    status: 'APPROVED',
    category: 'MARKETING',
    quality: 'GREEN',
    body: 'Olá, {{1}}! Você foi indicado para falar com a nossa equipe. Podemos conversar?',
    buttons: BUTTONS,
  },
  {
    id: '1192339204654488',
    name: 'indicacao_retrabalho',
    language: 'pt_BR',
    status: 'APPROVED',
    category: 'MARKETING',
    quality: 'GREEN',
    body: 'Olá, {{1}}! Há alguns dias recebemos a sua indicação. Ainda podemos ajudar?',
    buttons: BUTTONS,
  },
];

/** The app whose token it is. */
export const APP = { id: '670843887433847', name: 'Lead Flow' };

/** The number, its account and the API version the sandbox names. */
export const NUMBER = {
  phoneNumberId: '106540352242922',
  wabaId: '419561257915477',
  version: 'v23.0',
  digits: '5511940000001',
  shown: '+55 11 94000-0001',
  name: 'Loja Exemplo',
};
