import type { PolicyInput } from '../src/policies/policy.dto';
import type { PolicyView } from '../src/policies/policies.dto';
import { ADMIN_TOKEN, type AlertStand, type Answer } from './alert-stand';

/** A request with a JSON body. */
export async function send<T = Record<string, unknown>>(
  stand: AlertStand,
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer<T>> {
  const response = await fetch(`${stand.service.httpUrl}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${ADMIN_TOKEN}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: (text === '' ? {} : JSON.parse(text)) as T };
}

/** Puts a changed policy in force. */
export async function changePolicy(
  stand: AlertStand,
  change: (policy: PolicyInput) => PolicyInput,
  reason = 'a test',
): Promise<PolicyView> {
  const { policy } = await stand.get<PolicyView>('/policies');
  const answer = await send<PolicyView>(stand, 'PUT', '/policies', { policy: change(policy), reason });
  if (answer.status !== 200) throw new Error(`PUT /policies: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** The problems of a refusal, as `pointer code`. */
export const problemsOf = ({ body }: Answer<unknown>): string[] =>
  ((body as { errors?: { pointer: string; code: string }[] }).errors ?? []).map(
    ({ pointer, code }) => `${pointer} ${code}`,
  );
