import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/** Seals provider secrets for storage and hashes identities; made from the one secret key of the product. */
export type Sealing = {
  /** AES-256-GCM: 12 bytes nonce, 16 bytes tag, then the text. */
  seal(text: string): Buffer;
  /** Throws where the key is not the one it was sealed with, or a byte was changed. */
  open(sealed: Buffer): string;
  /** Keyed hash (HMAC-SHA-256, hex) of an identity in its canonical form, different for each tenant. */
  identityHash(tenantId: string, identity: string): string;
};

/** The product's secret key: 32 bytes in base64 (`openssl rand -base64 32`). Throws naming the variable. */
export function createSealing(secretKey: string | undefined): Sealing {
  const key = Buffer.from(secretKey ?? '', 'base64');
  if (key.length !== 32) {
    throw new Error(
      'LEAD_FLOW_SECRET_KEY must be 32 bytes in base64. Make one with: openssl rand -base64 32 ' +
        '(and keep it: what was stored under another key cannot be read).',
    );
  }
  const sealKey = Buffer.from(hkdfSync('sha256', key, '', 'lead-flow provider secrets', 32));
  const hashKey = Buffer.from(hkdfSync('sha256', key, '', 'lead-flow identities', 32));
  return {
    seal(text) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', sealKey, nonce);
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]);
    },
    open(sealed) {
      const decipher = createDecipheriv('aes-256-gcm', sealKey, sealed.subarray(0, 12));
      decipher.setAuthTag(sealed.subarray(12, 28));
      return decipher.update(sealed.subarray(28), undefined, 'utf8') + decipher.final('utf8');
    },
    identityHash: (tenantId, identity) =>
      createHmac('sha256', hashKey).update(`${tenantId}\n${identity}`).digest('hex'),
  };
}

/** What is stored of a key that only its owner knows: SHA-256, as the keys are 256 random bits. */
export function hashKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** A new random key with a readable prefix, e.g. `lf_…`; 256 bits, URL-safe. */
export function newKey(prefix: string): string {
  return `${prefix}_${randomBytes(32).toString('base64url')}`;
}
