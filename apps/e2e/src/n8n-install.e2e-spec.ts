import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { startN8n, type N8nServer } from '@alertagent/local-stack';

const AGENTCTL = join(__dirname, '../../cli/dist/main.js');
const SCOPES = ['create', 'list', 'read', 'update', 'activate'].map((verb) => `workflow:${verb}`);
const PATHS = [
  'alert-analysis',
  'automation-action',
  'critical-alert-handling',
  'notification',
  'platform-alert-analysis',
];

describe('agentctl and a real n8n', () => {
  let n8n: N8nServer;
  let key: string;

  beforeAll(async () => {
    n8n = await startN8n({ publicApi: true });
    key = await n8n.createApiKey(SCOPES);
  }, 600_000);
  afterAll(() => n8n?.stop());

  const agentctl = (...argv: string[]): Promise<{ code: number; out: string }> =>
    new Promise((resolve) => {
      const env = { PATH: process.env['PATH'], N8N_ENDPOINT: n8n.url, N8N_API_KEY: key };
      execFile(process.execPath, [AGENTCTL, 'n8n', ...argv], { env }, (error, stdout, stderr) => {
        expect(stdout + stderr).not.toContain(key);
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, out: stdout });
      });
    });
  const done = (what: string): string => PATHS.map((path) => `${what} ${path}\n`).join('');

  it('install the shipped workflows so that they listen, keep what was filled in, and change nothing the second time', async () => {
    expect(await agentctl('status')).toMatchObject({ code: 1, out: expect.stringContaining('notification: missing') });
    expect(await agentctl('install', '--set', 'dify_url=http://own:1')).toEqual({ code: 0, out: done('created') });
    for (const path of PATHS) await n8n.whenListening(path);
    expect(await agentctl('install')).toEqual({ code: 0, out: done('unchanged') });
    expect(await agentctl('status')).toMatchObject({ code: 0, out: expect.not.stringContaining('differs') });

    const changed = await agentctl('install', '--only', 'notification', '--set', 'chat_url=http://own:2');
    expect(changed).toEqual({ code: 0, out: 'updated notification\n' });
    await n8n.whenListening('notification');
    expect(await agentctl('install')).toEqual({ code: 0, out: done('unchanged') });
  });
});
