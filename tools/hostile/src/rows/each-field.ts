import type { Endpoint } from '../api/endpoints';
import { fieldsOf, withRaw, type BodyField } from '../api/json-schema';
import { refused, type Expectation, type HostileCase, type Scene } from '../row';
import { withBody } from './body-rows';

const pointerOf = (path: readonly string[]): string => `/${path[0] ?? ''}`;

/** A bad value of a field: what it is, the body with it, and what is expected unless it is a refusal that points to the field. */
export type BadField = [what: string, body: string, expected?: Expectation | undefined];

/** Cases for every field of every body but the webhook's. `put` writes a raw value into an otherwise valid body. */
export function* eachField(
  scene: Scene,
  make: (field: BodyField, put: (raw: string) => string, endpoint: Endpoint) => Iterable<BadField>,
): Generator<HostileCase> {
  for (const endpoint of withBody(scene)) {
    if (endpoint.group === 'W' || !endpoint.body) continue;
    for (const field of fieldsOf(endpoint.body, scene.api.schemas)) {
      const good = scene.build.body(endpoint);
      const put = (raw: string): string => withRaw(good, field.path, raw);
      for (const [what, body, expected] of make(field, put, endpoint))
        yield {
          endpoint,
          what: `${field.path.join('.')}: ${what}`,
          send: scene.build.request(endpoint, { body }),
          expected: expected ?? refused(400, pointerOf(field.path)),
        };
    }
  }
}
