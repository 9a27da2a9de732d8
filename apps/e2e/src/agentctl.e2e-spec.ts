import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTempDir, removeDir } from '@alertagent/local-stack';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { AlertAgent } from './alertagent';

const AGENTCTL = join(__dirname, '../../cli/dist/main.js');
const MCP = join(__dirname, '../../mcp/dist/main.js');

const rule = (name: string) => `  - alert: ${name}\n    expr: up == 0\n    for: 5m\n    labels: {severity: page}\n`;
const file = (...names: string[]) => `groups:\n- name: g\n  rules:\n${names.map(rule).join('')}`;

describe('agentctl and a whole AlertAgent', () => {
  let agent: AlertAgent;
  let folder: string;

  beforeAll(async () => {
    agent = await AlertAgent.start();
    folder = await makeTempDir('agentctl');
  }, 180_000);
  afterAll(async () => {
    await agent?.stop();
    await removeDir(folder);
  });

  const agentctl = (...argv: string[]): Promise<{ code: number; out: string }> =>
    new Promise((resolve) => {
      const env = { PATH: process.env['PATH'], ALERTAGENT_URL: agent.url, ALERTAGENT_TOKEN: agent.adminToken };
      // As npx and a link on PATH do: the file itself is the program.
      execFile(AGENTCTL, argv, { env }, (error, stdout, stderr) => {
        expect(stdout + stderr).not.toContain(agent.adminToken);
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, out: stdout });
      });
    });
  const names = async () =>
    (await agent.get<{ items: { name: string; namespace: string }[] }>('/rules?sort=name&limit=500')).items
      .filter(({ namespace }) => namespace.startsWith('team/'))
      .map(({ name, namespace }) => `${namespace} ${name}`);

  it('keep a folder and its rules the same: apply, apply again, edit, prune, export', async () => {
    writeFileSync(join(folder, 'a.yml'), file('One', 'Two'));
    writeFileSync(join(folder, 'b.yml'), file('Three'));
    const apply = (...more: string[]) => agentctl('--json', 'rules', 'apply', folder, '--namespace', 'team', ...more);

    expect((await apply('--check')).code).toBe(1);
    expect(await names()).toEqual([]);
    expect((await apply()).code).toBe(0);
    expect(await names()).toEqual(['team/a One', 'team/b Three', 'team/a Two']);
    const again = await apply('--check', '--prune');
    expect([again.code, JSON.parse(again.out)]).toMatchObject([
      0,
      { counts: { unchanged: 3, created: 0, updated: 0 } },
    ]);

    rmSync(join(folder, 'b.yml'));
    expect((await apply('--prune')).code).toBe(6);
    expect((await apply('--prune', '--confirm', '1')).code).toBe(0);
    expect(await names()).toEqual(['team/a One', 'team/a Two']);

    const { out } = await agentctl('rules', 'export', '--namespace', 'team/a');
    writeFileSync(join(folder, 'a.yml'), out);
    expect((await apply('--check', '--prune')).code).toBe(0);

    writeFileSync(join(folder, 'a.yml'), file('One').replace('up == 0', 'up =='));
    expect((await apply()).code).toBe(1);
    expect(await names()).toEqual(['team/a One', 'team/a Two']);
    expect((await agentctl('--token', 'aat_unknown-token-0123456789', 'rules', 'export')).code).toBe(4);
  });

  it('answer a host of the Model Context Protocol with what the token may see', async () => {
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [MCP],
      env: { ALERTAGENT_URL: agent.url, ALERTAGENT_TOKEN: agent.adminToken },
    });
    const client = new Client({ name: 'e2e', version: '1' });
    await client.connect(transport);
    try {
      expect((await client.listTools()).tools.length).toBeGreaterThan(20);
      const { structuredContent } = await client.callTool({
        name: 'list_rules',
        arguments: { namespace: 'team/a', sort: 'name' },
      });
      expect(structuredContent).toMatchObject({ items: [{ name: 'One' }, { name: 'Two' }] });
      const unknown = await client.callTool({
        name: 'get_rule',
        arguments: { id: '01900000-0000-7000-8000-000000000000' },
      });
      expect(unknown).toMatchObject({ isError: true, content: [{ text: expect.stringMatching(/^404: /) as unknown }] });
    } finally {
      await client.close();
    }
  });
});
