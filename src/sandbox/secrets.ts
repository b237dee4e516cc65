import { randomBytes } from 'node:crypto';

/** What the two stand-ins are called and sign with; made at the first start, kept in the state file. */
export type SandboxSecrets = {
  chatwootToken: string;
  chatwootWebhookSecret: string;
  whatsappToken: string;
  appSecret: string;
  verifyToken: string;
};

/** New ones, 24 random bytes each. */
export function newSecrets(): SandboxSecrets {
  const secret = () => randomBytes(24).toString('base64url');
  return {
    chatwootToken: secret(),
    chatwootWebhookSecret: secret(),
    whatsappToken: secret(),
    appSecret: secret(),
    verifyToken: secret(),
  };
}
