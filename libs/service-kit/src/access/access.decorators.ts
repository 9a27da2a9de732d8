import { createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import type { CallbackPurpose, Principal, Role } from './principal';

export const ACCESS_RULE = 'alertagent:access';

/** Who may call a route. A route without a rule is closed to everybody. */
export type AccessRule =
  | { kind: 'public' }
  | { kind: 'role'; role: Role; callback?: CallbackPurpose }
  | { kind: 'cluster'; purpose: 'webhook' | 'sync' };

const rule = (value: AccessRule) => SetMetadata(ACCESS_RULE, value);

/** Open without a token. For liveness only. */
export const Public = () => rule({ kind: 'public' });
/** Open to people's tokens of this role or a higher one. */
export const RequireRole = (role: Role) => rule({ kind: 'role', role });
/** Open to callback tokens of exactly this purpose, and to operators who do by hand what the workflow would. */
export const RequireCallbackToken = (callback: CallbackPurpose) => rule({ kind: 'role', role: 'operator', callback });
/** Open to a cluster's machine token of exactly this purpose. */
export const RequireClusterToken = (purpose: 'webhook' | 'sync') => rule({ kind: 'cluster', purpose });

/** A request after the guard. */
export interface AuthenticatedRequest {
  principal?: Principal;
}

/** The authenticated caller as a handler parameter. */
export const CurrentPrincipal = createParamDecorator((_data: unknown, context: ExecutionContext): Principal => {
  const { principal } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (!principal) throw new Error('CurrentPrincipal on a public route');
  return principal;
});
