import { createHash } from 'node:crypto';
import { ServiceError } from '@alertagent/contracts';
import { HttpException, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { DataSource } from 'typeorm';
import type { AuthenticatedRequest } from '../access/access.decorators';
import { bearerToken } from '../access/access.guard';
import { Clock } from '../clock/clock';
import type { HttpApplication } from '../http/fastify-app';
import { IdempotencyKeys } from './idempotency-keys';
import { openAnswer, sealAnswer } from './sealed-answer';

const HEADER = 'idempotency-key';
/** 1 to 255 printable characters. */
const KEY = /^[\x20-\x7e]{1,255}$/;

type Request = FastifyRequest & AuthenticatedRequest;

/**
 * Lets a POST be repeated safely: with the same Idempotency-Key and body the first answer comes again and nothing is done twice.
 * Another body is 422, a repeat while the first is under way 409. A failed request may be repeated under its key.
 */
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly keys: IdempotencyKeys) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const request = context.switchToHttp().getRequest<Request>();
    const key = request.headers[HEADER];
    const token = bearerToken(request);
    if (request.method !== 'POST' || key === undefined || token === null || !request.principal) return next.handle();
    return from(this.once(request, { key: checkedKey(key), token }, context.switchToHttp().getResponse(), next));
  }

  private async once(
    request: Request,
    { key, token }: { key: string; token: string },
    reply: FastifyReply,
    next: CallHandler,
  ): Promise<unknown> {
    const id = hashOf([request.principal!.kind, request.principal!.id, request.method, request.url, key]);
    const claim = await this.keys.claim(id, hashOf([request.body ?? null]));
    switch (claim.kind) {
      case 'other_request':
        throw new HttpException('another request had this key', 422);
      case 'under_way':
        throw new ServiceError('conflict', 'the first request with this Idempotency-Key is under way; repeat it later');
      case 'answered':
        void reply.header('idempotency-replayed', 'true');
        return JSON.parse(openAnswer(claim.answer, token, id)) as unknown;
      case 'new':
        break;
    }
    const answer = await this.answerOf(next, id);
    await this.keys.answered(id, sealAnswer(JSON.stringify(answer ?? null), token, id));
    return answer;
  }

  private async answerOf(next: CallHandler, id: string): Promise<unknown> {
    try {
      return await lastValueFrom(next.handle() as Observable<unknown>, { defaultValue: null });
    } catch (error) {
      await this.keys.release(id);
      throw error;
    }
  }
}

/** Takes Idempotency-Keys on all POST routes; the service's definition lists `idempotencyKeysEntity` and its migration. */
export function takeIdempotencyKeys(app: HttpApplication, service: string): void {
  const keys = new IdempotencyKeys(app.get(DataSource), app.get(Clock), service);
  app.useGlobalInterceptors(new IdempotencyInterceptor(keys));
}

function checkedKey(key: string | string[]): string {
  if (typeof key === 'string' && KEY.test(key)) return key;
  const detail = 'Idempotency-Key must have 1 to 255 printable ASCII characters';
  throw new ServiceError('invalid', detail, { errors: [{ pointer: '', code: 'bad_idempotency_key', detail }] });
}

/** JSON keeps the parts apart. */
const hashOf = (parts: readonly unknown[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('hex');
