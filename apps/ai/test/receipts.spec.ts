import { startDifyStub, type DifyStub } from '@alertagent/stubs';
import { DISK_FULL, MeasuredDisk } from './measured-disk';
import { Stand } from './stand';

describe('what an analyst claims', () => {
  let stand: Stand;
  let dify: DifyStub;
  let disk: MeasuredDisk;
  beforeAll(async () => {
    stand = await Stand.start();
    disk = await MeasuredDisk.start(stand);
    dify = await startDifyStub({ app: 'workflow' });
    await stand.startReplica({
      dify: { endpoint: dify.url, api_key: dify.key, mode: 'workflow', timeout: 30_000 },
      security: { outbound_allow: ['127.0.0.1'] },
    });
  }, 120_000);
  afterAll(async () => {
    await stand.stop();
    await dify.close();
    await disk.stop();
  }, 60_000);

  async function analysed(claims: object[]) {
    const answer = {
      root_cause: 'The disk is full',
      severity_score: 0.6,
      confidence: 0.9,
      suggested_actions: [],
      claims,
    };
    dify.answerText = JSON.stringify(answer);
    const { incident_id } = await stand.open(DISK_FULL);
    const { result } = await stand.over(incident_id);
    return result!;
  }

  it('rests on what was looked up: the rule, its changes, and what it measures here and next door', async () => {
    const { evidence } = await analysed([]);
    expect(evidence!.map(({ id, kind }) => [id, kind])).toEqual(
      expect.arrayContaining([
        ['a1', 'alert'],
        ['r1', 'rule'],
        ['v1', 'rule_versions'],
        ['m1', 'metrics'],
        ['m2', 'metrics'],
      ]),
    );
    const own = evidence!.find(({ id }) => id === 'm1')!;
    expect(JSON.parse(own.query!)).toMatchObject({ query: 'disk_used_ratio', step: 60 });
    expect(own.excerpt).toContain('db-3:9100');
    expect(own.excerpt).not.toContain('db-4');
    for (const { sha256 } of evidence!) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    const asked = JSON.stringify(dify.questions.at(-1)!.body);
    expect(asked).toContain('m1');
    expect(asked).toContain('db-4:9100');
  });

  it('is kept when what it cites bears it, and struck out with the reason when not', async () => {
    const { claims } = await analysed([
      { text: 'The disk of db-3:9100 is 95% full', evidence: ['m1'], checks: [] },
      {
        text: 'The neighbour has room',
        evidence: ['m2'],
        checks: [{ evidence: 'm2', path: '', statistic: 'max', op: '<', value: 0.5 }],
      },
      { text: 'The threshold was changed by "olga"', evidence: ['v1'], checks: [] },
      { text: 'The disk of db-3:9100 is 99% full', evidence: ['m1'], checks: [] },
      { text: 'A release caused it', evidence: [], checks: [] },
      { text: 'It is 42% full', evidence: ['m7'], checks: [] },
    ]);
    expect(claims!.map(({ verdict }) => verdict)).toEqual(['kept', 'kept', 'kept', 'struck', 'struck', 'struck']);
    expect(claims!.slice(3).map(({ reason }) => reason)).toEqual([
      '"99%" is not in what it cites',
      'it cites no evidence',
      'there is no evidence m7',
    ]);
  });

  it('is struck out when the metrics come out differently, or not at all, the second time', async () => {
    const claim = { text: 'The disk of db-3:9100 is 95% full', evidence: ['m1'], checks: [] };
    dify.beforeAnswer = async () => disk.late(0.97);
    expect((await analysed([claim])).claims).toMatchObject([
      { verdict: 'struck', reason: 'the evidence m1 came out differently the second time' },
    ]);
    dify.beforeAnswer = () => disk.victoria.stop();
    expect((await analysed([{ ...claim, text: 'The disk of db-3:9100 is 97% full' }])).claims).toMatchObject([
      { verdict: 'struck', reason: 'the evidence m1 could not be looked up again' },
    ]);
    dify.beforeAnswer = () => undefined;
    expect((await analysed([claim])).claims).toMatchObject([{ verdict: 'struck', reason: 'there is no evidence m1' }]);
  });
});
