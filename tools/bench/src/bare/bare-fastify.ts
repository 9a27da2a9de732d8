import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { programSettings, sayAnswer } from '../node-program';

/** What the bare server answers. */
export interface BareFastifySettings {
  /** The tag for which it says 304. */
  etag: string;
  /** Headers of each answer. */
  headers: Record<string, string>;
}

/** As much of Fastify as is used here. */
interface Fastify {
  get(path: string, handler: (request: FastifyRequest, reply: FastifyReply) => FastifyReply): void;
  listen(options: { port: number; host: string }): Promise<string>;
  readonly server: { address(): AddressInfo | string | null };
}
interface FastifyRequest {
  headers: Record<string, string | string[] | undefined>;
}
interface FastifyReply {
  headers(all: Record<string, string>): FastifyReply;
  code(status: number): FastifyReply;
  send(body?: string): FastifyReply;
}

/** The very Fastify that the config service has. */
const requireOfConfig = createRequire(join(__dirname, '../../../../apps/config/package.json'));
const fastify = (requireOfConfig('fastify') as () => Fastify)();
const { etag, headers } = programSettings<BareFastifySettings>();

// No token, no cluster, no look at anything: the least that says 304.
fastify.get('/api/v1/configs', (request, reply) => {
  void reply.headers(headers);
  return request.headers['if-none-match'] === etag ? reply.code(304).send() : reply.code(200).send('');
});
void fastify
  .listen({ port: 0, host: '127.0.0.1' })
  .then(() => sayAnswer({ port: (fastify.server.address() as AddressInfo).port, pid: process.pid }));
