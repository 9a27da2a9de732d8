import { refused, type HostileRow } from '../row';

export const statusRows: readonly HostileRow[] = [
  {
    id: 'B57',
    summary: 'scrape storms and odd questions about health',
    concurrency: 50,
    *cases(scene) {
      for (const endpoint of scene.endpoints.filter(({ group }) => group === 'P')) {
        const fast = {
          status: [200],
          check: ({ milliseconds }: { milliseconds: number }): string | null =>
            milliseconds < 5_000 ? null : `took ${Math.round(milliseconds)} ms`,
        };
        for (let index = 0; index < 100; index++)
          yield { endpoint, what: 'a storm', send: scene.build.request(endpoint), expected: fast };
        for (const query of ['x=..', 'x=%00', `x=${'y'.repeat(5_000)}`, 'a=1&a=2', '__proto__=x', '%zz', '=', '&&&'])
          yield {
            endpoint,
            what: `?${query.slice(0, 20)}`,
            send: scene.build.request(endpoint, { query }),
            expected: { status: [200, 400] },
          };
        const body = scene.build.request(endpoint, { body: '{}' });
        yield { endpoint, what: 'a body', send: body, expected: { status: [200, 400] } };
        if (!endpoint.isPublic)
          yield {
            endpoint,
            what: 'no token',
            send: scene.build.request(endpoint, { token: null }),
            expected: refused(401),
          };
      }
    },
  },
];
