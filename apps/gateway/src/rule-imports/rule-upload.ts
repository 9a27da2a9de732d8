import { createHash } from 'node:crypto';
import { ServiceError } from '@alertagent/contracts';
import { isPlainEncoding, unsupported, type HttpApplication } from '@alertagent/service-kit';
import type { FastifyInstance } from 'fastify';

export const RULE_IMPORT_PATH = '/api/v1/rules/import';

/** Tens of thousands of rules. */
export const LARGEST_UPLOAD = 8 * 1024 * 1024;

const TEXTS = ['application/yaml', 'application/x-yaml', 'text/yaml', 'text/x-yaml', 'text/plain'];
const ARCHIVES = ['application/x-tar', 'application/gzip', 'application/x-gzip'];
/** Content types of what is taken besides JSON. */
export const UPLOADS: readonly string[] = [...TEXTS, ...ARCHIVES];

/** A file or an archive that was sent as it is. */
export class RuleUpload {
  constructor(
    readonly kind: 'text' | 'archive',
    readonly bytes: Buffer,
  ) {}

  /** What a repeated request is compared by. */
  toJSON(): object {
    return { kind: this.kind, sha256: createHash('sha256').update(this.bytes).digest('hex') };
  }
}

/** Lets imports be larger than other requests, and be files as they are besides JSON. */
export function takeRuleUploads(app: HttpApplication): void {
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  fastify.addHook('onRoute', (route) => {
    if (route.url !== RULE_IMPORT_PATH) return;
    route.bodyLimit = LARGEST_UPLOAD;
  });
  fastify.addHook('onRequest', (request, _reply, done) => {
    const isTooLarge = Number(request.headers['content-length'] ?? 0) > LARGEST_UPLOAD;
    done(isTooLarge && request.routeOptions.url === RULE_IMPORT_PATH ? tooLarge() : undefined);
  });
  for (const [kind, types] of [['text', TEXTS] as const, ['archive', ARCHIVES] as const]) {
    fastify.addContentTypeParser([...types], { parseAs: 'buffer' }, (request, body, done) => {
      if (request.routeOptions.url !== RULE_IMPORT_PATH || !isPlainEncoding(request)) done(unsupported());
      else done(null, new RuleUpload(kind, body as Buffer));
    });
  }
}

function tooLarge(): ServiceError {
  const detail = `at most ${LARGEST_UPLOAD} bytes are taken at once; send fewer files, or a .tar.gz of them`;
  return new ServiceError('too_large', detail);
}
