import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const VERSION = 'v1';
const IV_BYTES = 12;

/** The sealed text was changed, or sealed with another secret or for another purpose. */
export class SealBrokenError extends Error {
  override readonly name = 'SealBrokenError';
}

/** Encrypts secrets that are kept in the database: AES-256-GCM under a key derived from the installation's secret. */
export class SecretBox {
  private readonly key: Buffer;

  /** `secret`: at least 32 characters of entropy; `purpose` separates the keys derived from the same secret. */
  constructor(secret: string, purpose: string) {
    this.key = Buffer.from(hkdfSync('sha256', secret, '', `alertagent ${purpose}`, 32));
  }

  /** Seals `plain`; only the same secret, purpose and `boundTo` (e.g. the row's id) open it again. */
  seal(plain: Buffer, boundTo: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, iv).setAAD(Buffer.from(boundTo));
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
    return [VERSION, iv.toString('base64'), cipher.getAuthTag().toString('base64'), sealed.toString('base64')].join(
      '.',
    );
  }

  /** Errors: SealBrokenError; it never says which part was wrong. */
  open(text: string, boundTo: string): Buffer {
    const [version, iv, tag, sealed] = text.split('.');
    try {
      if (version !== VERSION || iv === undefined || tag === undefined || sealed === undefined)
        throw new Error('unknown format');
      const decipher = createDecipheriv('aes-256-gcm', this.key, Buffer.from(iv, 'base64'), { authTagLength: 16 });
      decipher.setAAD(Buffer.from(boundTo)).setAuthTag(Buffer.from(tag, 'base64'));
      return Buffer.concat([decipher.update(Buffer.from(sealed, 'base64')), decipher.final()]);
    } catch (cause) {
      throw new SealBrokenError('the sealed text cannot be opened with this secret', { cause });
    }
  }
}
