import { ServiceError } from '@alertagent/contracts';
import { HttpException, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Clock } from '../clock/clock';
import { ACCESS_RULE, type AccessRule, type AuthenticatedRequest } from './access.decorators';
import { Authenticator, ROLES, type Principal } from './principal';
import { TokenGuesses } from './token-guesses';

interface IncomingRequest extends AuthenticatedRequest {
  headers: Record<string, string | string[] | undefined>;
  raw?: { rawHeaders: string[]; socket?: { remoteAddress?: string } };
}

/** The one global guard: nothing is reachable unless its route says who may call it. */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly guesses: TokenGuesses;

  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
    clock: Clock,
  ) {
    this.guesses = new TokenGuesses(clock);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = this.reflector.getAllAndOverride<AccessRule | undefined>(ACCESS_RULE, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (rule?.kind === 'public') return true;
    const request = context.switchToHttp().getRequest<IncomingRequest>();
    const token = bearerToken(request);
    const principal = token === null ? null : await this.holderOf(token, request, rule);
    if (!principal) throw new ServiceError('unauthenticated', 'a valid bearer token is required');
    if (!rule || !permits(rule, principal)) {
      throw new ServiceError('forbidden', 'this token may not do that');
    }
    request.principal = principal;
    return true;
  }

  private async holderOf(
    token: string,
    request: IncomingRequest,
    rule: AccessRule | undefined,
  ): Promise<Principal | null> {
    // Machines come through one proxy's address and are told nothing but 401: a sidecar must never be slowed down.
    if (rule?.kind === 'cluster') return this.authenticator.authenticate(token);
    const address = request.raw?.socket?.remoteAddress ?? '';
    if (this.guesses.isRefused(address, token)) throw new HttpException('too many unknown tokens', 429);
    const principal = await this.authenticator.authenticate(token);
    if (principal) this.guesses.wasGood(token);
    else this.guesses.wasUnknown(address, token);
    return principal;
  }
}

/** The token of `Authorization: Bearer …`; null when there is none, more than one, or it is no token. */
export function bearerToken(request: {
  headers: IncomingRequest['headers'];
  raw?: { rawHeaders: string[] };
}): string | null {
  // Two Authorization headers: somebody between us and the sender may have read the other one.
  if (request.raw && timesGiven('authorization', request.raw.rawHeaders) > 1) return null;
  const { authorization } = request.headers;
  const match = typeof authorization === 'string' ? /^Bearer ([A-Za-z0-9._~+/=-]{1,512})$/i.exec(authorization) : null;
  return match?.[1] ?? null;
}

function timesGiven(header: string, rawHeaders: readonly string[]): number {
  let times = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === header) times += 1;
  }
  return times;
}

function permits(rule: AccessRule, principal: Principal): boolean {
  switch (rule.kind) {
    case 'public':
      return true;
    case 'role':
      if (principal.kind === 'user') return ROLES.indexOf(principal.role) >= ROLES.indexOf(rule.role);
      return principal.kind === 'callback' && rule.callback === principal.purpose;
    case 'cluster':
      return principal.kind === 'cluster' && principal.purpose === rule.purpose;
  }
}
