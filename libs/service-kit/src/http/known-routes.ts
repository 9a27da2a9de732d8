interface KnownRoute {
  pattern: RegExp;
  methods: string[];
}

/** Which methods each path offers, so that a wrong method is told from a wrong path. */
export class KnownRoutes {
  private readonly routes: KnownRoute[] = [];

  /** Takes in a route as Fastify announces it, e.g. `/rules/:id`. */
  add(path: string, methods: string | readonly string[]): void {
    // A catch-all says nothing about any path in particular.
    if (path === '*' || path === '/*') return;
    this.routes.push({ pattern: patternOf(path), methods: [methods].flat() });
  }

  /** The methods a path offers, sorted; empty for a path nobody serves. `url` may carry a query. */
  methodsOf(url: string): string[] {
    const path = url.split('?', 1)[0] ?? '';
    const methods = this.routes.filter(({ pattern }) => pattern.test(path)).flatMap((route) => route.methods);
    return [...new Set(methods)].sort();
  }
}

function patternOf(path: string): RegExp {
  const segments = path.split('/').map((segment) => {
    if (segment.startsWith(':')) return '[^/]+';
    return segment === '*' ? '.*' : segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${segments.join('/')}$`);
}
