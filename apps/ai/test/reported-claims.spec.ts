import type { AnalysisStatusInput, AnalysisView } from '@alertagent/contracts';
import { startN8nStub, type N8nStub } from '@alertagent/stubs';
import { DataSource } from 'typeorm';
import { workflowEvidenceEntity } from '../src/evidence/workflow-evidence.entity';
import { DISK_FULL, MeasuredDisk } from './measured-disk';
import { completedReport, incident, Stand } from './stand';

describe.each(['sqlite', 'mariadb'] as const)('what a workflow of n8n claims, on %s,', (database) => {
  let stand: Stand;
  let n8n: N8nStub;
  let disk: MeasuredDisk;
  beforeAll(async () => {
    stand = await Stand.start(database);
    disk = await MeasuredDisk.start(stand);
    n8n = await startN8nStub();
    await stand.startReplica({
      n8n: { webhook_base_url: n8n.webhookBase },
      security: { outbound_allow: ['127.0.0.1'] },
    });
  }, 120_000);
  afterAll(async () => {
    await stand.stop();
    await n8n.close();
    await disk.stop();
  }, 60_000);

  const FULL = { text: 'The disk of db-3:9100 is 95% full', evidence: ['m1'], checks: [] };
  const BUSIEST = {
    text: 'The neighbour has room',
    evidence: ['m2'],
    checks: [{ evidence: 'm2', path: '', statistic: 'max', op: '<', value: 0.5 }],
  };

  const started = async (changes: object = DISK_FULL): Promise<AnalysisView> => {
    const { incident_id } = await stand.open(changes);
    return stand.processing(incident_id);
  };

  const reported = async (analysis: AnalysisView, claims: AnalysisStatusInput['claims']) =>
    (await stand.report(analysis.analysis_id, { ...completedReport(), claims })).result!;

  const kept = () => stand.replicas[0]!.get(DataSource).manager.count(workflowEvidenceEntity);

  it('is kept when the evidence it was started with bears it, and struck out with the reason when not', async () => {
    const { claims, evidence, analyst } = await reported(await started(), [
      FULL,
      BUSIEST,
      { text: 'The threshold was changed by "olga"', evidence: ['v1'] },
      { text: 'The disk of db-3:9100 is 99% full', evidence: ['m1'], checks: [] },
      { text: 'A release caused it', evidence: [], checks: [] },
      { text: 'It is 42% full', evidence: ['m7'], checks: [] },
      { ...FULL, checks: [{ evidence: 'm1', op: 'surely' }] },
    ]);
    expect(analyst).toBe('n8n');
    expect(evidence!.map(({ id }) => id)).toEqual(expect.arrayContaining(['a1', 'r1', 'v1', 'm1', 'm2']));
    const struck = ['struck', 'struck', 'struck', 'struck'];
    expect(claims!.map(({ verdict }) => verdict)).toEqual(['kept', 'kept', 'kept', ...struck]);
    expect(claims!.slice(3).map(({ reason }) => reason)).toEqual([
      '"99%" is not in what it cites',
      'it cites no evidence',
      'there is no evidence m7',
      'one of its checks is about something it does not cite, or is no check',
    ]);
    const prompt = JSON.stringify(n8n.starts.at(-1)!.body);
    for (const { id } of evidence!) expect(prompt).toContain(id);
  });

  it('is not believed when it says of itself that it is kept', async () => {
    const { analysis_id } = await started();
    const own = { text: 'The disk of db-3:9100 is 99% full', evidence: ['m1'], checks: [], verdict: 'kept' as const };
    const { result } = await stand.report(analysis_id, completedReport({ claims: [own], evidence: [] }));
    expect(result!.claims).toMatchObject([{ verdict: 'struck', reason: '"99%" is not in what it cites' }]);
    expect(result!.evidence).not.toEqual([]);
  });

  it('is part of the report: the same again changes nothing, other claims are a conflict', async () => {
    const analysis = await started();
    const [first, second] = await Promise.all([reported(analysis, [FULL]), reported(analysis, [FULL])]);
    expect(second).toEqual(first);
    expect(await reported(analysis, [FULL])).toEqual(first);
    await expect(reported(analysis, [BUSIEST])).rejects.toMatchObject({ code: 'conflict' });
  });

  it('is shown in a failed analysis too, and evidence is kept no longer than until the end', async () => {
    const analysis = await started();
    expect(await kept()).toBe(1);
    const { result } = completedReport();
    const failed = { status: 'failed' as const, error: 'no usable scores', result, claims: [FULL] };
    expect((await stand.report(analysis.analysis_id, failed)).result!.claims).toMatchObject([{ verdict: 'kept' }]);
    expect(await kept()).toBe(0);
  });

  it('is refused when it is no claim at all', async () => {
    const { analysis_id } = await started(incident({}, stand.clock.now()).alert);
    const claims = [{ text: 7, evidence: 'm1' }] as never;
    await expect(stand.report(analysis_id, { ...completedReport(), claims })).rejects.toMatchObject({
      code: 'invalid',
    });
  });

  it('is held against what the workflow was given, and struck out when that comes out differently now', async () => {
    const analysis = await started();
    await disk.late(0.97);
    const { claims } = await reported(analysis, [FULL, BUSIEST]);
    expect(claims).toMatchObject([
      { verdict: 'struck', reason: 'the evidence m1 came out differently the second time' },
      { verdict: 'kept', reason: null },
    ]);
  });

  it('is struck out when the metrics cannot be had any more', async () => {
    const analysis = await started();
    await disk.victoria.stop();
    const { claims } = await reported(analysis, [FULL]);
    expect(claims).toMatchObject([{ verdict: 'struck', reason: 'the evidence m1 could not be looked up again' }]);
  });
});
