import {
  createKnowledge,
  deleteKnowledge,
  giveAnalysisFeedback,
  updateKnowledge,
  withdrawAnalysisFeedback,
  type Actor,
  type AnalysisView,
  type KnowledgeInput,
  type KnowledgeView,
} from '@alertagent/contracts';
import { pollUntil } from '@alertagent/local-stack';
import { startDifyStub, type DatasetDocument, type DifyApp, type DifyStub } from '@alertagent/stubs';
import { DifyCopies } from '../src/knowledge/dify/dify-copies';
import { OPERATOR, Stand } from './stand';

const OTHER: Actor = { kind: 'token', id: 'other', name: 'otto' };

describe.each(['sqlite', 'mariadb'] as const)('what is copied to Dify, on %s', (database) => {
  let stand: Stand;
  let dify: DifyStub;

  beforeAll(async () => {
    stand = await Stand.start(database);
  }, 120_000);
  afterAll(() => stand.stop());
  afterEach(async () => {
    await stand.stopReplicas();
    await dify.close();
  });

  const replica = (app: DifyApp, changes: object = {}) =>
    stand.startReplica({
      dify: { endpoint: dify.url, api_key: dify.key, mode: app === 'workflow' ? 'workflow' : 'chat', ...changes },
    });

  describe('the feedback on its answers', () => {
    const start = async (app: DifyApp): Promise<AnalysisView> => {
      dify = await startDifyStub({ app });
      await replica(app);
      return stand.over((await stand.open()).incident_id);
    };
    const give = (analysis_id: string, rating: 'up' | 'down', actor = OPERATOR, correction: string | null = null) =>
      stand.gateway.request(giveAnalysisFeedback, { analysis_id, rating, correction, actor });
    const withdraw = (analysis_id: string, actor = OPERATOR) =>
      stand.gateway.request(withdrawAnalysisFeedback, { analysis_id, actor });
    const told = (rating: 'like' | 'dislike' | null) =>
      pollUntil(() => [...dify.feedback.values()].find((opinion) => opinion.rating === rating) ?? null, {
        what: `Dify to be told: ${rating}`,
      });
    const attempts = () => dify.calls.filter(({ path }) => path.endsWith('/feedbacks')).length;

    it('is that of most people, without secrets, and is taken back when they take it back', async () => {
      const { analysis_id } = await start('chat');
      await give(analysis_id, 'down', OPERATOR, 'It was the switch, password=hunter2');
      expect(await told('dislike')).toEqual({
        rating: 'dislike',
        content: 'It was the switch, password=[secret]',
      });
      await give(analysis_id, 'up', OTHER);
      await told(null);
      await withdraw(analysis_id);
      await told('like');
      await withdraw(analysis_id, OTHER);
      await told(null);
      expect(dify.feedback.size).toBe(1);
    });

    it('outlives an outage of Dify and a restart', async () => {
      const { analysis_id } = await start('advanced-chat');
      dify.mode = '500';
      await give(analysis_id, 'up');
      await pollUntil(() => attempts() === 1, { what: 'the first attempt' });
      await stand.stopReplicas();
      dify.mode = 'ok';
      await replica('advanced-chat');
      stand.clock.advance(61_000);
      await told('like');
    });

    it('is given up when Dify does not take it', async () => {
      const { analysis_id } = await start('agent');
      await give(analysis_id, 'up');
      await pollUntil(() => attempts() === 1, { what: 'the attempt' });
      await give(analysis_id, 'down');
      await pollUntil(() => attempts() === 2, { what: 'the attempt after a change' });
      stand.clock.advance(24 * 3_600_000);
      await give((await stand.over((await stand.open()).incident_id)).analysis_id, 'up');
      await pollUntil(() => attempts() === 3, { what: 'one attempt for another analysis' });
    });

    it('is not told of runs of workflows, and of what others found', async () => {
      const { analysis_id } = await start('workflow');
      await give(analysis_id, 'up');
      await stand.stopReplicas();
      await dify.close();
      dify = await startDifyStub({ app: 'chat' });
      await replica('chat');
      dify.mode = 'garbage';
      const failed = await stand.over((await stand.open()).incident_id);
      await give(failed.analysis_id, 'down');
      dify.mode = 'ok';
      const good = await stand.over((await stand.open()).incident_id);
      await give(good.analysis_id, 'up');
      await told('like');
      expect(attempts()).toBe(1);
    });
  });

  describe('the knowledge', () => {
    beforeEach(async () => {
      dify = await startDifyStub({ app: 'workflow' });
    });
    const start = () => replica('workflow', { dataset: { id: dify.dataset.id, api_key: dify.dataset.key } });
    const create = (changes: Partial<KnowledgeInput> = {}): Promise<KnowledgeView> => {
      const document = { title: 'Restart of the database', text: 'Fail over first.', ...changes };
      return stand.gateway.request(createKnowledge, { document, actor: OPERATOR });
    };
    const copies = ({ id }: KnowledgeView): DatasetDocument[] =>
      [...dify.dataset.documents.values()].filter(({ name }) => name.endsWith(`[${id}]`));
    const copy = (document: KnowledgeView, what: string, isSo: (copy: DatasetDocument) => boolean = () => true) =>
      pollUntil(() => copies(document).find(isSo) ?? null, { what });
    const inState = (state: string, count: number) =>
      stand.passTimeUntil(
        `${count} documents to be ${state}`,
        async () => (await stand.metric(`alertagent_ai_dify_documents{state="${state}"}`)) === count,
      );

    it('is created, followed until it is indexed, updated and deleted, without secrets', async () => {
      await start();
      const document = await create({ text: 'Log in with password=hunter2' });
      const first = await copy(document, 'the copy');
      expect(first).toMatchObject({
        name: `Restart of the database [${document.id}]`,
        text: expect.not.stringContaining('hunter2') as string,
      });
      await inState('indexing', 1);
      first.indexing_status = 'completed';
      await inState('indexed', 1);
      const changed = { title: document.title, text: 'Ask first.' };
      const { id } = document;
      await stand.gateway.request(updateKnowledge, { id, document: changed, actor: OPERATOR });
      const second = await copy(document, 'the update', ({ text }) => text === 'Ask first.');
      expect([second.id, dify.dataset.created]).toEqual([first.id, 1]);
      second.indexing_status = 'indexing';
      await stand.gateway.request(deleteKnowledge, { id, actor: OPERATOR });
      await stand.passTimeUntil('the wish to delete', () => dify.calls.some(({ method }) => method === 'DELETE'));
      expect(copies(document)).toHaveLength(1);
      second.indexing_status = 'completed';
      await stand.passTimeUntil('the copy to be gone', () => copies(document).length === 0);
    });

    it('is not there twice when the answer to its creation was lost', async () => {
      await start();
      dify.dataset.mode = 'lost';
      const document = await create();
      const lost = await copy(document, 'the copy');
      lost.indexing_status = 'indexing';
      dify.dataset.mode = 'ok';
      const wasDeleted = () => dify.calls.some(({ method }) => method === 'DELETE');
      await stand.passTimeUntil('the copy to be found', wasDeleted);
      lost.indexing_status = 'completed';
      await stand.passTimeUntil('another copy', () => copies(document).some(({ id }) => id !== lost.id));
      expect(copies(document)).toHaveLength(1);
    });

    it('holds up nobody while Dify is away, and is copied when it is back, after a restart', async () => {
      await start();
      dify.dataset.mode = '500';
      const document = await create();
      await pollUntil(() => dify.calls.some(({ path }) => path.endsWith('/create-by-text')), { what: 'the attempt' });
      await stand.stopReplicas();
      dify.dataset.mode = 'ok';
      await start();
      await stand.passTimeUntil('the copy', () => copies(document).length === 1);
    });

    it('is updated only when the version before it is indexed, and created anew when that could not be', async () => {
      await start();
      const document = await create();
      const { id, title } = document;
      const change = (text: string) =>
        stand.gateway.request(updateKnowledge, { id, document: { title, text }, actor: OPERATOR });
      const first = await copy(document, 'the copy');
      await change('second');
      stand.clock.advance(5_000);
      first.indexing_status = 'completed';
      stand.clock.advance(5_000);
      await stand.passTimeUntil('the update', () => copies(document).some(({ text }) => text === 'second'));
      const second = copies(document)[0]!;
      expect(second.id).toBe(first.id);
      Object.assign(second, { indexing_status: 'error', error: 'no embedding model' });
      await change('third');
      await stand.passTimeUntil('another copy', () => copies(document).some(({ text }) => text === 'third'));
      expect(copies(document)).toHaveLength(1);
    });

    it('is taken away when it expires', async () => {
      await start();
      const expires_at = new Date(stand.clock.now().getTime() + 3_600_000).toISOString();
      const document = await create({ expires_at });
      (await copy(document, 'the copy')).indexing_status = 'completed';
      stand.clock.advance(3_700_000);
      await stand.passTimeUntil('the copy to be gone', () => copies(document).length === 0);
    });

    it('is created again when somebody removed it in Dify, and left alone when Dify refuses it', async () => {
      await start();
      const document = await create();
      const first = await copy(document, 'the copy');
      dify.dataset.documents.delete(first.id);
      await stand.passTimeUntil('the copy to be there again', () => copies(document).length === 1);
      const refused = 'alertagent_ai_dify_documents{state="refused"}';
      dify.dataset.mode = 'refuse';
      await create();
      await stand.passTimeUntil('the refusal', async () => (await stand.metric(refused)) === 1);
    });

    it('is copied once by two instances', async () => {
      await start();
      await start();
      const documents = await Promise.all(Array.from({ length: 5 }, () => create()));
      await Promise.all(stand.replicas.map((one) => one.get(DifyCopies).turn()));
      for (const document of documents) await copy(document, 'the copy');
      for (const document of documents) expect(copies(document)).toHaveLength(1);
    });
  });
});
