import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lintWorkflow, workflowChecks } from './lint-workflow';
import { originalWorkflow } from './testing/original-workflow';

const SHIPPED = join(__dirname, '../../../../deploy/n8n/workflows');

interface File {
  id?: string;
  nodes: {
    name: string;
    typeVersion: number;
    type: string;
    parameters: Record<string, unknown>;
    [key: string]: unknown;
  }[];
  connections: Record<string, unknown>;
}

const shipped = (name: string): File => JSON.parse(readFileSync(join(SHIPPED, `${name}.json`), 'utf8')) as File;
const named = (file: unknown): string[] =>
  lintWorkflow(file).map(({ check, node }) => `${check} @ ${node ?? 'workflow'}`);

describe('the lint of n8n workflows', () => {
  it.each(readdirSync(SHIPPED))('finds nothing in %s, which is shipped', (file) => {
    expect(lintWorkflow(JSON.parse(readFileSync(join(SHIPPED, file), 'utf8')))).toEqual([]);
  });

  it('refuses the workflow of the original design with each of its faults named', () => {
    expect(named(originalWorkflow).sort()).toEqual(
      [
        'workflow-id @ workflow',
        'node-types @ Alert Webhook',
        'webhook-address @ Alert Webhook',
        'webhook-authentication @ Alert Webhook',
        'node-types @ Preprocess Alert',
        'webhook-body @ Preprocess Alert',
        'error-branches @ Preprocess Alert',
        'credentials @ Dify Analysis',
        'dify-conversation @ Dify Analysis',
        'dify-mode @ Dify Analysis',
        'error-branches @ Dify Analysis',
        'forgotten-parameters @ Dify Analysis',
        'json-bodies @ Dify Analysis',
        'request-body @ Dify Analysis',
        'request-method @ Dify Analysis',
        'dify-answer @ Decision Engine',
        'error-branches @ Decision Engine',
        'model-text @ Decision Engine',
        'node-types @ Decision Engine',
        'node-types @ Route Decision',
        ...['Execute Automation', 'Escalate Alert'].flatMap((node) =>
          [
            'callback-authentication',
            'error-branches',
            'forgotten-parameters',
            'json-bodies',
            'lost-items',
            'report-retries',
            'request-body',
            'request-method',
          ].map((check) => `${check} @ ${node}`),
        ),
        ...['Preprocess Alert', 'Dify Analysis', 'Decision Engine', 'Execute Automation', 'Escalate Alert'].flatMap(
          (node) => [`node-names @ ${node}`],
        ),
        'node-names @ Alert Webhook',
        'node-names @ Route Decision',
      ].sort(),
    );
  });

  const breakages: [string, string, (file: File, node: (name: string) => File['nodes'][number]) => void][] = [
    ['workflow-id', 'workflow', (file) => delete file.id],
    ['node-names', 'Ask Dify', (_, node) => delete node('Ask Dify')['id']],
    ['node-types', 'Read the answer', (_, node) => (node('Read the answer').typeVersion = 1)],
    [
      'connections',
      'Report the start',
      (file) => (file.connections['Report the start'] = { main: [[{ node: 'Ask Dfiy', type: 'main', index: 0 }]] }),
    ],
    ['webhook-address', 'Webhook', (_, node) => delete node('Webhook')['webhookId']],
    ['webhook-authentication', 'Webhook', (_, node) => delete node('Webhook').parameters['authentication']],
    ['webhook-body', 'Settings', (_, node) => (node('Settings').parameters['note'] = '={{ $json.something }}')],
    ['forgotten-parameters', 'Ask Dify', (_, node) => (node('Ask Dify').parameters['httpMethod'] = 'POST')],
    ['request-method', 'Ask Dify', (_, node) => delete node('Ask Dify').parameters['method']],
    ['request-body', 'Ask Dify', (_, node) => delete node('Ask Dify').parameters['specifyBody']],
    ['credentials', 'Ask Dify', (_, node) => delete node('Ask Dify')['credentials']],
    [
      'callback-authentication',
      'Report the start',
      (_, node) => delete node('Report the start').parameters['authentication'],
    ],
    ['plain-secrets', 'Settings', (_, node) => (node('Settings').parameters['key'] = `app-${'a1'.repeat(12)}`)],
    [
      'json-bodies',
      'Report the start',
      (_, node) => (node('Report the start').parameters['jsonBody'] = '={"status": "{{ $json.status }}"}'),
    ],
    [
      'closing-braces',
      'Report the start',
      (_, node) => (node('Report the start').parameters['jsonBody'] = '={{ JSON.stringify({ a: { b: 1 }}) }}'),
    ],
    [
      'environment',
      'Ask Dify',
      (_, node) => (node('Ask Dify').parameters['url'] = '={{ $env.DIFY_URL }}/v1/chat-messages'),
    ],
    [
      'lost-items',
      'Describe the failure',
      (_, node) => (node('Describe the failure').parameters['jsCode'] = 'return [{ json: { id: $json.alert_id } }];'),
    ],
    [
      'dify-mode',
      'Ask Dify',
      (_, node) => {
        const prepare = node('Prepare the question').parameters;
        prepare['jsCode'] = String(prepare['jsCode']).replace("response_mode: 'streaming', ", '');
      },
    ],
    [
      'dify-conversation',
      'Ask Dify',
      (_, node) => {
        const prepare = node('Prepare the question').parameters;
        prepare['jsCode'] = String(prepare['jsCode']).replace(
          'response_mode',
          'conversation_id: alert.id, response_mode',
        );
      },
    ],
    [
      'dify-answer',
      'Read the answer',
      (_, node) =>
        (node('Read the answer').parameters['jsCode'] =
          'return [{ json: { score: $input.first().json.severity_score } }];'),
    ],
    [
      'model-text',
      'Describe the failure',
      (_, node) =>
        (node('Describe the failure').parameters['jsCode'] =
          'return [{ json: { method: found.suggested_actions[0] } }];'),
    ],
    ['error-branches', 'Ask Dify', (_, node) => delete node('Ask Dify')['onError']],
    ['report-retries', 'Report the outcome', (_, node) => delete node('Report the outcome')['retryOnFail']],
  ];

  it.each(breakages)('names %s at %s when a sound workflow is broken so', (check, where, damage) => {
    const file = shipped('alert-analysis');
    damage(file, (name) => file.nodes.find((node) => node.name === name)!);
    expect(named(file)).toContain(`${check} @ ${where}`);
    expect(new Set(lintWorkflow(file).map((fault) => fault.check))).toEqual(new Set([check]));
  });

  it('has a breakage for every check', () => {
    expect(breakages.map(([check]) => check).sort()).toEqual(workflowChecks.map(({ name }) => name).sort());
  });

  it.each([[null], [[]], ['text'], [{}], [{ nodes: 'x' }]])('says of %j that it is no workflow', (value) => {
    expect(named(value)).toEqual(['workflow @ workflow']);
  });

  it('stands anything in the place of anything', () => {
    const odd = {
      nodes: [null, 1, { name: 7, parameters: [] }, { name: 'a' }],
      connections: { a: { main: [null, [1, { node: 3 }]] } },
    };
    expect(named(odd)).toContain('connections @ a');
  });
});
