import {
  createKnowledge,
  deleteKnowledge,
  getKnowledge,
  getKnowledgeVersion,
  getWeeklyReport,
  giveAnalysisFeedback,
  importKnowledge,
  incidentResolved,
  listAnalysisFeedback,
  listKnowledge,
  listKnowledgeVersions,
  restoreKnowledge,
  searchKnowledge,
  updateKnowledge,
  withdrawAnalysisFeedback,
  type KnowledgeFound,
  type KnowledgeInput,
  type KnowledgeView,
} from '@alertagent/contracts';
import { pollUntil } from '@alertagent/local-stack';
import { OPERATOR, Stand } from './stand';

const DAY_MS = 24 * 3_600_000;

describe.each(['sqlite', 'mariadb'] as const)('knowledge, on %s', (database) => {
  let stand: Stand;
  beforeAll(async () => {
    stand = await Stand.start(database);
    await stand.startReplica();
  }, 120_000);
  afterAll(() => stand.stop());

  const create = (changes: Partial<KnowledgeInput> = {}): Promise<KnowledgeView> => {
    const document = { title: 'Restart of the orders database', text: 'Fail over first.', ...changes };
    return stand.gateway.request(createKnowledge, { document, actor: OPERATOR });
  };
  const find = async (q: string, cluster?: string): Promise<KnowledgeFound[]> =>
    (await stand.gateway.request(searchKnowledge, { q, cluster })).items;
  const titles = (found: readonly { title: string }[]) => found.map(({ title }) => title);

  it('is found by words of either language, by the passage that fits', async () => {
    await create({ title: 'Kafka', text: '# Lag\nAdd consumers.\n\n# Disk\nShorten the retention of the topic.' });
    await create({ title: '磁盘空间不足', text: '删除一周以前的日志，然后扩容。' });
    expect((await find('shortening retention'))[0]).toMatchObject({
      title: 'Kafka',
      heading: 'Disk',
      passage: 'Shorten the retention of the topic.',
      version: 1,
    });
    expect(titles(await find('日志太多怎么办'))[0]).toBe('磁盘空间不足');
    expect(await find('zzzz')).toEqual([]);
  });

  it('is about the clusters that it names, or about all', async () => {
    await create({ title: 'Quorum in the east', text: 'Quorum loss', clusters: ['east'] });
    await create({ title: 'Quorum anywhere', text: 'Quorum loss' });
    expect(titles(await find('quorum loss', 'west'))).toEqual(['Quorum anywhere']);
    expect(titles(await find('quorum loss', 'east'))).toHaveLength(2);
  });

  it('keeps each version, refuses a change of what was changed meanwhile, and is found as it is now', async () => {
    const { id } = await create({ title: 'Vacuum', text: 'Old gibberish words' });
    const change = (text: string, expected_version: number) => {
      const document = { title: 'Vacuum', text };
      return stand.gateway.request(updateKnowledge, { id, document, expected_version, actor: OPERATOR });
    };
    expect(await change('Fresh sentence about autovacuum', 1)).toMatchObject({ version: 2, updated_by: OPERATOR.name });
    await expect(change('Too late', 1)).rejects.toMatchObject({ code: 'conflict' });
    expect(await find('gibberish')).toEqual([]);
    expect(titles(await find('autovacuum'))).toEqual(['Vacuum']);
    const { items } = await stand.gateway.request(listKnowledgeVersions, { id });
    expect(items.map(({ version, change: made }) => [version, made])).toEqual([
      [2, 'updated'],
      [1, 'created'],
    ]);
    const first = await stand.gateway.request(getKnowledgeVersion, { id, version: 1 });
    expect(first.text).toBe('Old gibberish words');
  });

  it('is not found any more when it is deleted or has expired, but can be restored', async () => {
    const { id } = await create({ title: 'Ephemeral', text: 'Turbo encabulator' });
    await stand.gateway.request(deleteKnowledge, { id, actor: OPERATOR });
    expect(await find('encabulator')).toEqual([]);
    expect((await stand.gateway.request(listKnowledge, { state: 'deleted' })).items.map((one) => one.id)).toContain(id);
    await expect(stand.gateway.request(deleteKnowledge, { id, actor: OPERATOR })).rejects.toMatchObject({
      code: 'not_found',
    });
    await stand.gateway.request(restoreKnowledge, { id, actor: OPERATOR });
    expect(titles(await find('encabulator'))).toEqual(['Ephemeral']);

    const expires_at = new Date(stand.clock.now().getTime() + DAY_MS).toISOString();
    const document = { title: 'Ephemeral', text: 'Turbo encabulator', expires_at };
    await stand.gateway.request(updateKnowledge, { id, document, actor: OPERATOR });
    expect(titles(await find('encabulator'))).toEqual(['Ephemeral']);
    stand.clock.advance(2 * DAY_MS);
    expect(await find('encabulator')).toEqual([]);
    expect(await stand.gateway.request(getKnowledge, { id })).toMatchObject({ state: 'stale' });
    expect((await stand.gateway.request(listKnowledge, { state: 'stale' })).items.map((one) => one.id)).toEqual([id]);
  });

  it('is imported by keys: the same again changes nothing, and a dry run never does', async () => {
    const take = async (text: string, dry_run = false) => {
      const documents = [
        { key: 'runbooks/a.md', title: 'A', text },
        { key: 'runbooks/b.md', title: 'B', text: 'Never changes' },
      ];
      return stand.gateway.request(importKnowledge, { documents, dry_run, actor: OPERATOR });
    };
    const outcomes = ({ results }: { results: { outcome: string }[] }) => results.map(({ outcome }) => outcome);
    expect(outcomes(await take('One', true))).toEqual(['created', 'created']);
    expect(outcomes(await take('One'))).toEqual(['created', 'created']);
    expect(outcomes(await take('One'))).toEqual(['unchanged', 'unchanged']);
    const { results } = await take('Two');
    expect(results).toMatchObject([{ outcome: 'updated' }, { outcome: 'unchanged' }]);
    expect(await stand.gateway.request(getKnowledge, { id: results[0]!.id! })).toMatchObject({
      key: 'runbooks/a.md',
      text: 'Two',
      version: 2,
    });
    const twice = { key: 'x', title: 'X', text: 'X' };
    const again = stand.gateway.request(importKnowledge, { documents: [twice, twice], actor: OPERATOR });
    await expect(again).rejects.toMatchObject({ code: 'invalid', errors: [{ pointer: '/documents/1/key' }] });
  });

  it('lists by kind, owner and part of the title, whatever characters that has', async () => {
    await create({ title: '100%_of disk', text: 'x', kind: 'note', owner: 'storage' });
    const list = async (query: object) => titles((await stand.gateway.request(listKnowledge, query)).items);
    expect(await list({ title: '0%_OF' })).toEqual(['100%_of disk']);
    expect(await list({ title: '1%o' })).toEqual([]);
    expect(await list({ owner: 'storage', kind: 'note' })).toEqual(['100%_of disk']);
    expect(await list({ owner: 'storage', kind: 'runbook' })).toEqual([]);
  });

  it('is cited by the analysis that was given it, and what an incident taught is kept without secrets', async () => {
    await create({ title: 'Too many errors on web', text: 'HighErrorRate on web: roll back the release.' });
    const event = await stand.open({ annotations: { summary: 'Too many errors, password=hunter2' } });
    const { result } = await stand.over(event.incident_id);
    expect(titles(result!.sources!)).toContain('Too many errors on web');

    const resolved_at = new Date(stand.clock.now().getTime() + 600_000).toISOString();
    await stand.gateway.publish(incidentResolved, { ...event, status: 'resolved', resolved_at });
    const kept = await pollUntil(
      async () => {
        const { items } = await stand.gateway.request(listKnowledge, { kind: 'incident' });
        return items.find(({ key }) => key === `incident:${event.incident_id}`);
      },
      { what: 'the incident to be kept as knowledge' },
    );
    const { text } = await stand.gateway.request(getKnowledge, { id: kept.id });
    expect(kept).toMatchObject({ title: event.title, clusters: ['production'], alerts: ['HighErrorRate'] });
    expect(text).toContain('not confirmed by a person');
    expect(text).not.toContain('hunter2');

    const next = await stand.open();
    const later = await stand.over(next.incident_id);
    expect(later.result!.sources!.map(({ document_id }) => document_id)).toContain(kept.id);
  });

  it('grows by what people say about an analysis, each person once, until they take it back', async () => {
    const event = await stand.open();
    const { analysis_id } = await stand.over(event.incident_id);
    const say = (rating: 'up' | 'down', correction?: string, actor = OPERATOR) =>
      stand.gateway.request(giveAnalysisFeedback, { analysis_id, rating, correction, actor });
    const score = async () => (await stand.gateway.request(listAnalysisFeedback, { analysis_id })).score;
    expect(await score()).toBeNull();
    await say('up');
    await say('down', 'A cable was pulled in rack seven');
    expect(await score()).toBe(-1);
    await say('up', undefined, { ...OPERATOR, id: 'another', name: 'ben' });
    expect(await score()).toBe(0);

    const resolved_at = new Date(stand.clock.now().getTime() + 600_000).toISOString();
    await stand.gateway.publish(incidentResolved, { ...event, status: 'resolved', resolved_at });
    const [kept] = await pollUntil(
      async () => {
        const found = await find('cable pulled rack seven');
        return found.length > 0 ? found : null;
      },
      { what: 'the correction to be found' },
    );
    expect(kept).toMatchObject({ kind: 'incident', heading: 'What it was, by people' });

    await say('down', 'It was the switch', { ...OPERATOR, id: 'another', name: 'ben' });
    const { text } = await stand.gateway.request(getKnowledge, { id: kept!.document_id });
    expect(text).toContain('found wrong by 2 of 2 people: do not rely on it');
    await stand.gateway.request(withdrawAnalysisFeedback, { analysis_id, actor: OPERATOR });
    const after = await stand.gateway.request(getKnowledge, { id: kept!.document_id });
    expect(after.text).not.toContain('rack seven');
    const again = stand.gateway.request(withdrawAnalysisFeedback, { analysis_id, actor: OPERATOR });
    await expect(again).rejects.toMatchObject({ code: 'not_found' });
  });

  it('is measured week by week', async () => {
    const now = stand.clock.now();
    const week = weekAt(now);
    const report = await stand.gateway.request(getWeeklyReport, { week });
    expect(report).toMatchObject({ week, feedback: { right: 0, wrong: 1 } });
    expect(report.analyses.completed).toBeGreaterThanOrEqual(1);
    expect(report.median_resolution_minutes).toBe(10);
    expect(report.markdown).toContain(`# Week ${week}`);
    for (const none of ['2026-W60', '2099-W01'])
      await expect(stand.gateway.request(getWeeklyReport, { week: none })).rejects.toMatchObject({ code: 'invalid' });
  });
});

/** The ISO week of a time, worked out by counting from a week that is known. */
function weekAt(now: Date): string {
  const weeks = Math.floor((now.getTime() - Date.parse('2029-12-31T00:00:00Z')) / (7 * DAY_MS));
  return `2030-W${String(weeks + 1).padStart(2, '0')}`;
}
