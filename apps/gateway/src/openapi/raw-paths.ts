const problem = {
  description: 'What went wrong',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};
const bearer = [{ token: [] }];

/** Routes registered outside Nest's controllers, described by hand. */
export const rawPaths = {
  '/api/v1/alerts/webhook': {
    post: {
      operationId: 'Webhook_receive',
      summary: 'Receive alerts of an Alertmanager (webhook payload version 4)',
      description:
        'The cluster is the one the token was issued for. 202 means stored; overload and storage trouble are 503, which Alertmanager retries.',
      security: bearer,
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: {
              type: 'object',
              required: ['alerts'],
              properties: { alerts: { type: 'array', items: { type: 'object' } } },
            },
          },
        },
      },
      responses: {
        '202': {
          description: 'Committed',
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['accepted', 'quarantined'],
                properties: {
                  accepted: { type: 'integer', description: 'Alerts taken into the pipeline' },
                  quarantined: {
                    type: 'array',
                    items: {
                      type: 'object',
                      required: ['index', 'code'],
                      properties: { index: { type: 'integer' }, code: { type: 'string' } },
                    },
                  },
                },
              },
            },
          },
        },
        default: problem,
      },
    },
  },
  '/api/v1/configs': {
    get: {
      operationId: 'Configs_serve',
      summary: 'The rendered configuration of a cluster, for its sidecars',
      security: bearer,
      parameters: [
        { name: 'cluster_id', in: 'query', required: true, schema: { type: 'string' } },
        { name: 'type', in: 'query', required: true, schema: { enum: ['prometheus-rules', 'alertmanager-config'] } },
        { name: 'wait', in: 'query', required: false, schema: { type: 'string', examples: ['30s'] } },
      ],
      responses: {
        '200': { description: 'The file', content: { 'application/yaml': { schema: { type: 'string' } } } },
        '304': { description: 'Unchanged' },
        default: problem,
      },
    },
  },
};
