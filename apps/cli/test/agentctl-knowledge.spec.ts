import { join } from 'node:path';
import { AgentctlStand, RULES } from './agentctl-stand';

const stand = new AgentctlStand();
const { agentctl, put } = stand;

describe('agentctl knowledge', () => {
  it('takes in the markdown files of a folder under their paths, titled by their first heading', async () => {
    put('runbooks/disk.md', 'Intro\n\n# Disk full\n\nDelete logs.\n');
    put('runbooks/no-heading.md', 'Just text');
    put('runbooks/empty.md', '  \n');
    put('runbooks/rules.yml', RULES);
    const results = [
      { key: 'disk.md', outcome: 'created' },
      { key: 'no-heading.md', outcome: 'unchanged' },
    ];
    stand.server.answer = () => ({ body: { dry_run: true, results } });
    const argv = ['knowledge', 'import', join(stand.folder, 'runbooks'), '--dry-run', '--owner', 'storage'];
    const { code, out } = await agentctl(...argv);
    expect([code, out]).toEqual([0, 'created disk.md\n1 to create, 0 to update, 1 unchanged\n']);
    expect(stand.server.seen.map(({ path }) => path)).toEqual(['/knowledge/import']);
    expect(JSON.parse(stand.server.seen[0]!.body)).toEqual({
      dry_run: true,
      documents: [
        { key: 'disk.md', title: 'Disk full', text: 'Intro\n\n# Disk full\n\nDelete logs.\n', owner: 'storage' },
        { key: 'no-heading.md', title: 'no-heading', text: 'Just text', owner: 'storage' },
      ],
    });
  });

  it('sends a large folder in parts that the server takes', async () => {
    for (let index = 0; index < 12; index += 1) put(`big/${index}.md`, 'x'.repeat(90_000));
    stand.server.answer = ({ body }) => {
      const { documents } = JSON.parse(body) as { documents: { key: string }[] };
      return { body: { results: documents.map(({ key }) => ({ key, outcome: 'created' })) } };
    };
    const { code, out } = await agentctl('--json', 'knowledge', 'import', join(stand.folder, 'big'));
    expect([code, JSON.parse(out)]).toMatchObject([0, { counts: { created: 12 } }]);
    expect(stand.server.seen).toHaveLength(2);
    for (const { body } of stand.server.seen) expect(Buffer.byteLength(body)).toBeLessThan(1024 * 1024);
  });

  it('finds passages for a question', async () => {
    const item = {
      document_id: 'd',
      version: 3,
      title: 'Kafka',
      heading: 'Lag',
      passage: 'Add consumers.',
      url: null,
    };
    stand.server.answer = () => ({ body: { items: [item] } });
    const { code, out } = await agentctl('knowledge', 'search', 'kafka', 'lags');
    expect([code, out]).toEqual([0, '## Kafka › Lag\nAdd consumers.\n(d, version 3)\n\n']);
    expect(stand.server.seen[0]!.path).toBe('/knowledge/search?q=kafka+lags&limit=5');
  });
});
