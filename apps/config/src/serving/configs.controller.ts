import { ServiceError } from '@alertagent/contracts';
import { CurrentPrincipal, QueryParams, RequireClusterToken, type Principal } from '@alertagent/service-kit';
import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ownCluster } from '../machine-access/own-cluster';
import type { ConfigKey } from '../revisions/config-key';
import { ConfigQuery, waitMs } from './config-query';
import { matchesTag } from './entity-tags';
import { LongPolls } from './long-polls';
import { ServedRevisions, type Answer } from './served-revisions';

/** The database is asked every second; an answer older than this is called stale. In milliseconds. */
const STALE_AFTER_MS = 5_000;

/** What sidecars fetch their files from. */
@Controller('api/v1/configs')
export class ConfigsController {
  constructor(
    private readonly served: ServedRevisions,
    private readonly polls: LongPolls,
  ) {}

  /**
   * The current file (200), or that it has not changed (304). With `wait` the answer is held until there is something
   * newer, or something at all. The reply is written here because the body must be the exact bytes that were signed.
   */
  @Get()
  @RequireClusterToken('sync')
  async fetch(
    @QueryParams(ConfigQuery) query: ConfigQuery,
    @CurrentPrincipal() principal: Principal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const key: ConfigKey = { clusterId: ownCluster(principal, query.cluster_id), type: query.type };
    const known = request.headers['if-none-match'];
    const answer = await this.newest(key, known, request.method === 'HEAD' ? 0 : waitMs(query), goneSignal(reply));
    if (!answer) throw new ServiceError('not_found', 'no configuration for this cluster');
    sendHeaders(reply, answer);
    if (matchesTag(known, answer.served.etag)) await reply.status(304).send();
    else await reply.status(200).type('application/yaml').send(answer.served.body);
  }

  private async newest(
    key: ConfigKey,
    known: string | undefined,
    ms: number,
    gone: AbortSignal,
  ): Promise<Answer | null> {
    const before = await this.served.current(key);
    const isNews = before !== null && !matchesTag(known, before.served.etag);
    // Looking and beginning to wait happen in one step, or a publication between the two would be slept through.
    if (isNews || ms === 0 || this.served.knownNumber(key) !== (before?.served.revision ?? 0))
      return this.served.current(key);
    await this.polls.wait(key, ms, gone);
    return this.served.current(key);
  }
}

function sendHeaders(reply: FastifyReply, { served, ageMs }: Answer): void {
  void reply.headers({
    etag: served.etag,
    'x-config-hash': served.hash,
    'x-config-revision': String(served.revision),
    'x-config-cluster': served.clusterId,
    'x-config-rules': String(served.rules),
    'x-config-signature': served.signature,
    'x-config-key': served.publicKey,
  });
  if (served.emptyConfirmed) void reply.header('x-config-empty', 'confirmed');
  if (ageMs < STALE_AFTER_MS) return;
  void reply.headers({
    age: String(Math.floor(ageMs / 1000)),
    warning: '110 alertagent "the database does not answer; this is the last known revision"',
  });
}

/** Aborted when the caller hangs up. */
function goneSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  // The response's own event: one on the socket would pile up over a kept-alive connection.
  reply.raw.once('close', () => controller.abort());
  return controller.signal;
}
