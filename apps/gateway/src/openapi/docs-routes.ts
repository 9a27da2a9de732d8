import { createReadStream } from 'node:fs';
import { dirname, join } from 'node:path';
import type { HttpApplication } from '@alertagent/service-kit';

/** The files of Swagger UI that the page needs, by the path they are served under. */
const ASSETS: Record<string, string> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
};

const PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>AlertAgent API</title><link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><div id="ui"></div><script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body>
</html>
`;
const START =
  "window.ui = SwaggerUIBundle({ url: '/docs/openapi.json', dom_id: '#ui', persistAuthorization: false });\n";
const CONTENT_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'";

/** Paths of the interactive documentation; they hold no data and need no token. */
export const DOCS_PATHS = [
  '/docs',
  '/docs/openapi.json',
  '/docs/start.js',
  ...Object.keys(ASSETS).map((name) => `/docs/${name}`),
];

/** Serves the checked-in API description and a page to try it. */
export function registerDocs(app: HttpApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  const swaggerUi = dirname(require.resolve('swagger-ui-dist/package.json'));
  fastify.get('/docs', (_request, reply) =>
    reply.header('content-security-policy', CONTENT_POLICY).type('text/html; charset=utf-8').send(PAGE),
  );
  fastify.get('/docs/start.js', (_request, reply) => reply.type('text/javascript; charset=utf-8').send(START));
  fastify.get('/docs/openapi.json', (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(createReadStream(join(__dirname, '../../openapi.json'))),
  );
  for (const [name, contentType] of Object.entries(ASSETS)) {
    fastify.get(`/docs/${name}`, (_request, reply) =>
      reply.type(contentType).send(createReadStream(join(swaggerUi, name))),
    );
  }
}
