import type { Actor } from '@alertagent/contracts';

/** What a person's token may do; each role includes the ones before it. */
export const ROLES = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** What a callback token of an outside workflow may call; one purpose per token. */
export const CALLBACK_PURPOSES = ['escalate', 'execute', 'status'] as const;
export type CallbackPurpose = (typeof CALLBACK_PURPOSES)[number];

/** Who a request comes from, as its token says. */
export type Principal =
  | { kind: 'user'; id: string; name: string; role: Role }
  | { kind: 'cluster'; id: string; name: string; cluster_id: string; cluster_name: string; purpose: 'webhook' | 'sync' }
  | { kind: 'callback'; id: string; name: string; purpose: CallbackPurpose };

/** The principal as it is written into the audit record. */
export function actorOf(principal: Principal): Actor {
  const { kind, id, name } = principal;
  return {
    kind: kind === 'cluster' ? 'cluster' : 'token',
    id,
    name,
    ...(kind === 'user' ? { role: principal.role } : {}),
  };
}

/** Turns a bearer token into a principal; each HTTP service provides its own. */
export abstract class Authenticator {
  /** Null for a token nobody issued, or one that is expired or revoked. Throws `unavailable` when it cannot be told. */
  abstract authenticate(token: string): Promise<Principal | null>;
}
