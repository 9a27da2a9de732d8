const problem = {
  description: 'What went wrong',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};
const bearer = [{ token: [] }];

const receipt = {
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
};
const message = {
  type: 'object',
  required: ['alerts'],
  properties: { alerts: { type: 'array', items: { type: 'object' } } },
};
const COMMITTED =
  'The cluster is the one the token was issued for. Success means stored; overload and storage trouble are 503, which senders repeat.';

/** A route that takes alerts. */
function receives(operationId: string, summary: string, schema: object, status: '200' | '202' = '202'): object {
  return {
    operationId,
    summary,
    description: COMMITTED,
    security: bearer,
    // Unless `gateway.intake.max_body_bytes` is set.
    'x-largest-body': 16_777_216,
    requestBody: { required: true, content: { 'application/json': { schema } } },
    responses: {
      [status]: { description: 'Committed', content: { 'application/json': { schema: receipt } } },
      default: problem,
    },
  };
}

/** Routes registered outside Nest's controllers, described by hand. */
export const rawPaths = {
  '/api/v1/alerts/webhook': {
    post: receives(
      'Webhook_receive',
      'Receive alerts of an Alertmanager (webhook payload version 4) or of Grafana',
      message,
    ),
  },
  '/api/v1/alerts/webhook/critical': {
    post: receives('Webhook_receiveCritical', 'The same; alerts without a severity become critical', message),
  },
  '/api/v1/alerts/webhook/warning': {
    post: receives('Webhook_receiveWarning', 'The same; alerts without a severity become warnings', message),
  },
  '/api/v2/alerts': {
    post: receives(
      'AlertmanagerApi_receive',
      'Receive alerts of Prometheus or vmalert, with AlertAgent in the place of an Alertmanager',
      { type: 'array', items: { type: 'object', required: ['labels'] } },
      '200',
    ),
  },
  '/api/v1/alerts/sources/{id}': {
    post: {
      ...receives('AlertSources_receive', 'Receive messages of an alert source, read by its mapping', {}),
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
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
  '/api/v1/configs/keys': {
    get: {
      operationId: 'Configs_keys',
      summary: 'The statements by which one signing key follows another, for sidecars',
      security: bearer,
      responses: {
        '200': { description: 'The statements', content: { 'application/json': { schema: { type: 'object' } } } },
        default: problem,
      },
    },
  },
};
