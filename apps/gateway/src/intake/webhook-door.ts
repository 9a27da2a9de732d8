import type { IncomingMessage } from 'node:http';
import { ServiceError } from '@alertagent/contracts';
import {
  AlertAgentConfig,
  bearerToken,
  ClusterTokens,
  isJsonContentType,
  isPlainEncoding,
  unsupported,
} from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { SourceAddresses } from '../sources/source-addresses';
import { IntakeTroubles } from './intake-troubles';
import { readRawBody, UnreadBodyError } from './raw-body';
import type { WebhookReceipt } from './webhook-body';
import { WebhookIntake } from './webhook-intake';
import type { WebhookOrigin } from './webhook-origin';

/** Lets webhooks in. As everywhere the token decides first, before a byte of the body is read: a webhook token of a cluster, nothing else. */
@Injectable()
export class WebhookDoor {
  private readonly maxBodyBytes: number;
  private readonly retryAfterSeconds: string;

  constructor(
    private readonly intake: WebhookIntake,
    private readonly tokens: ClusterTokens,
    private readonly troubles: IntakeTroubles,
    private readonly sources: SourceAddresses,
    { gateway: { intake: settings } }: AlertAgentConfig,
  ) {
    this.maxBodyBytes = settings.max_body_bytes;
    this.retryAfterSeconds = String(Math.max(1, Math.round(settings.retry_after / 1000)));
  }

  /**
   * Takes one webhook in and resolves after its commit. `origin` is what its address says, or the id of the source it came to.
   * Errors: ServiceError; an error with the status to answer. A cluster whose webhooks are refused is remembered.
   */
  async receive(request: IncomingMessage, origin: WebhookOrigin | string): Promise<WebhookReceipt> {
    const cluster = await this.authenticatedCluster(request);
    try {
      if (!isJsonContentType(request.headers['content-type']) || !isPlainEncoding(request)) throw unsupported();
      const bytes = Number(request.headers['content-length'] ?? Infinity);
      const refusal = bytes <= this.maxBodyBytes ? this.intake.refusalOf(bytes, cluster) : null;
      if (refusal !== null) {
        // Read past without looking at it, or the rest would be taken for the next request of this connection.
        request.resume();
        throw refusal;
      }
      const from = typeof origin === 'string' ? await this.originOfSource(origin, cluster) : origin;
      return await this.intake.accept(await readRawBody(request, this.maxBodyBytes), cluster, from);
    } catch (error) {
      const status = refusalOf(error);
      if (status !== null) this.troubles.refused(cluster, status);
      throw error;
    }
  }

  /** What the answer to an error says besides the problem. */
  headersOf(error: unknown, status: number): Record<string, string> {
    return {
      ...(status === 503 ? { 'retry-after': this.retryAfterSeconds } : {}),
      ...(error instanceof UnreadBodyError ? { connection: 'close' } : {}),
    };
  }

  private async authenticatedCluster(request: IncomingMessage): Promise<string> {
    const token = bearerToken({ headers: request.headers, raw: request });
    const grant = token === null ? null : await this.tokens.find(token);
    if (!grant) throw new ServiceError('unauthenticated', 'a valid webhook token of a cluster is required');
    if (grant.purpose !== 'webhook') throw new ServiceError('forbidden', 'this token is not for the webhook');
    return grant.cluster_id;
  }

  private async originOfSource(id: string, cluster: string): Promise<WebhookOrigin> {
    const source = await this.sources.find(id, cluster);
    if (!source) throw new ServiceError('not_found', 'the cluster of this token has no such alert source');
    return { format: source.format, severity: null, source };
  }
}

/** The 4xx that a body is refused with; null when it is not the body's fault. */
function refusalOf(error: unknown): number | null {
  if (error instanceof ServiceError) {
    return error.code === 'invalid' ? 400 : error.code === 'too_large' ? 413 : error.code === 'not_found' ? 404 : null;
  }
  const status = typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : null;
  return status === 400 || status === 413 || status === 415 ? status : null;
}
