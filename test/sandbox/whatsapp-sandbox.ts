import { closeHttp } from '../../src/providers/http.ts';
import * as whatsapp from '../../src/providers/whatsapp/client.ts';
import { WhatsAppError } from '../../src/providers/whatsapp/errors.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { failureOf } from '../providers/failure.ts';
import { type Received, type Receiver, startReceiver } from './receiver.ts';

const DELAYS = { sentMs: 30, deliveredMs: 80, readMs: 130 };

/** A sandbox's WhatsApp, who receives its webhooks, and the product's own client of it. */
export type SandboxWhatsApp = {
  sandbox: Sandbox;
  receiver: Receiver;
  connection: whatsapp.WhatsAppConnection;
  /** The attempt of the newest message. */
  attemptId: string;
  /** Sends a template that is there, `fields` replacing some of the message. */
  send(to?: string, fields?: Partial<whatsapp.TemplateMessage>): ReturnType<typeof whatsapp.sendTemplate>;
  /** Has the receiver told what happens. */
  register(): Promise<void>;
};

/** Starts it anew for each test of a suite. */
export function eachTestWhatsApp(): SandboxWhatsApp {
  let attempts = 0;
  const there = {
    attemptId: '',
    send(to = '5511987654321', fields = {}) {
      attempts++;
      there.attemptId = `attempt-${attempts}`;
      return whatsapp.sendTemplate(there.connection, {
        to,
        template: 'indicacao_boas_vindas',
        language: 'pt_BR',
        bodyParameters: ['Joana'],
        buttonPayloads: ['talk', 'no', 'stop'],
        attemptId: there.attemptId,
        ...fields,
      });
    },
    async register() {
      const result = await there.sandbox.whatsapp.registerWebhook({ url: there.receiver.url });
      expect(result).toEqual({ registered: true, verified: true, status: 200 });
    },
  } as SandboxWhatsApp;
  beforeEach(async () => {
    there.sandbox = await startSandbox({ delays: DELAYS, webhookRetries: { firstMs: 40, maxMs: 80 } });
    const { url: baseUrl, version, phoneNumberId, token, verifyToken } = there.sandbox.whatsapp;
    there.receiver = await startReceiver(verifyToken);
    there.connection = { baseUrl, version, phoneNumberId, token };
  });
  afterEach(async () => {
    await there.sandbox.close();
    await there.receiver.close();
  });
  afterAll(closeHttp);
  return there;
}

/** The error with which WhatsApp refuses. */
export const refusal = (promise: Promise<unknown>): Promise<WhatsAppError> =>
  failureOf(WhatsAppError, promise);

type Value = {
  statuses?: {
    id: string;
    status: string;
    recipient_id?: string;
    biz_opaque_callback_data?: string;
    errors?: { code: number }[];
  }[];
  messages?: Record<string, unknown>[];
  user_preferences?: Record<string, unknown>[];
};

/** The changes of webhooks, in the order in which they came. */
export function changesOf(received: Received[]): { field: string; value: Value }[] {
  const bodies = received.map(
    ({ body }) => body as { entry: { changes: { field: string; value: Value }[] }[] },
  );
  return bodies.flatMap(({ entry }) => entry.flatMap(({ changes }) => changes));
}

/** The statuses of webhooks, in the order in which they came. */
export const statusesOf = (received: Received[]) =>
  changesOf(received).flatMap(({ value }) => value.statuses ?? []);
