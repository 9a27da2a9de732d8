import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AlertAgentConfig } from '@alertagent/service-kit';
import { N8nClient } from './n8n-client';
import type { WorkflowSubject } from './workflow-request';

const subject = (workflow: string): WorkflowSubject => ({
  id: '01930000-0000-7000-8000-000000000001',
  incidentId: null,
  clusterId: 'c',
  clusterName: 'production',
  context: null,
  workflow,
  alert: { id: 'a', name: 'A', status: 'firing', labels: {}, annotations: {}, starts_at: '2030-01-01T00:00:00.000Z' },
});

const PROMPT = { inputs: { alert_data: '{}', historical_context: '{}', instructions: 'Find it' }, query: 'Find it' };

describe('the n8n client', () => {
  let server: Server;
  let client: N8nClient;
  let paths: string[];
  let status: number;
  const config = new AlertAgentConfig();

  beforeEach(async () => {
    paths = [];
    status = 200;
    server = createServer((request, response) => {
      paths.push(request.url ?? '');
      response.writeHead(status).end();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    config.n8n.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    config.n8n.workflows.alert_analysis = 'team/triage now';
    client = new N8nClient(config);
  });

  afterEach(async () => {
    await client.close();
    await new Promise((done) => server.close(done));
  });

  it('calls a workflow at the path configured for it, others by their name', async () => {
    await client.start(subject('alert-analysis'), PROMPT);
    await client.start(subject('critical-alert-handling'), PROMPT);
    await client.start(subject('constructor'), PROMPT);
    expect(paths).toEqual(['/webhook/team/triage%20now', '/webhook/critical-alert-handling', '/webhook/constructor']);
  });

  it('takes an empty answer for a start', async () => {
    status = 202;
    await expect(client.start(subject('x'), PROMPT)).resolves.toBeUndefined();
  });

  it('leaves an n8n alone that failed five times in a row', async () => {
    status = 500;
    for (let call = 0; call < 8; call++)
      await expect(client.start(subject('x'), PROMPT)).rejects.toMatchObject({ worthRetrying: true });
    expect(paths).toHaveLength(5);
  });

  it('goes on calling one that merely refuses', async () => {
    status = 403;
    for (let call = 0; call < 8; call++)
      await expect(client.start(subject('x'), PROMPT)).rejects.toMatchObject({ worthRetrying: false });
    expect(paths).toHaveLength(8);
  });
});
