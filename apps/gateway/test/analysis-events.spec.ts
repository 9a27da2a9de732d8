import { getAnalysis, ServiceError, type AnalysisView } from '@alertagent/contracts';
import { pollUntil } from '@alertagent/local-stack';
import { answers, fakePeer, type FakePeer } from '@alertagent/service-kit/testing';
import { ADMIN_TOKEN, AlertStand } from './alert-stand';

describe('following an analysis', () => {
  let stand: AlertStand;
  let ai: FakePeer;
  const base = { analysis_id: 'one', alert_id: 'a', workflow: 'alert-analysis', created_at: '2030-01-01T00:00:00Z' };
  let view: AnalysisView = { ...base, status: 'pending' };
  const open: AbortController[] = [];
  beforeAll(async () => {
    stand = await AlertStand.start('SQLite');
    const answer = ({ id }: { id: string }): AnalysisView => {
      if (id !== view.analysis_id) throw new ServiceError('not_found', 'there is no such analysis');
      return view;
    };
    ai = await fakePeer({ natsUrl: stand.nats.url, service: 'ai', answers: [answers(getAnalysis, answer)] });
    // On a busy machine the first question may take longer than it is waited for.
    await pollUntil(async () => (await stand.ask('GET', '/alerts/analyze/one')).status === 200, {
      what: 'the gateway to hear ai',
      timeoutMs: 60_000,
    });
  }, 120_000);
  beforeEach(() => {
    view = { ...base, status: 'pending' };
  });
  afterEach(() => {
    for (const one of open.splice(0)) one.abort();
  });
  afterAll(async () => {
    await ai?.close();
    await stand?.stop();
  }, 60_000);

  interface Seen {
    status: number;
    events: { id: string; event: string; data: AnalysisView }[];
    isOver: boolean;
  }

  /** Reads the stream until it ends, as far as it has come. */
  async function follow(id = 'one', headers: Record<string, string> = {}): Promise<Seen> {
    const abort = new AbortController();
    open.push(abort);
    const response = await fetch(`${stand.service.httpUrl}/api/v1/alerts/analyze/${id}/events`, {
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, ...headers },
      signal: abort.signal,
    });
    const seen: Seen = { status: response.status, events: [], isOver: false };
    void (async () => {
      let text = '';
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
        text += chunk;
        seen.events = [...text.matchAll(/^id: (.*)\nevent: (.*)\ndata: (.*)\n\n/gm)].map(
          ([, eventId, event, data]) => ({
            id: eventId!,
            event: event!,
            data: JSON.parse(data!) as AnalysisView,
          }),
        );
      }
      seen.isOver = true;
    })().catch(() => undefined);
    return seen;
  }
  const until = (what: string, isSo: () => boolean) => pollUntil(() => isSo() || null, { what });

  it('tells its present state, each change, and its end, with which the stream ends', async () => {
    const seen = await follow();
    expect(seen.status).toBe(200);
    await until('the first state', () => seen.events.length === 1);
    view = { ...view, status: 'processing', engine: 'n8n' };
    await until('the second state', () => seen.events.length === 2);
    view = { ...view, status: 'completed', completed_at: '2030-01-01T00:01:00Z' };
    await until('the end', () => seen.isOver);
    expect(seen.events.map(({ event, data }) => [event, data.status])).toEqual([
      ['progress', 'pending'],
      ['progress', 'processing'],
      ['completed', 'completed'],
    ]);
  });

  it('does not tell again what the reader has seen', async () => {
    const first = await follow();
    await until('the first state', () => first.events.length === 1);
    const again = await follow('one', { 'last-event-id': first.events[0]!.id });
    view = { ...view, status: 'failed', error: 'no' };
    await until('the end', () => again.isOver);
    expect(again.events.map(({ event }) => event)).toEqual(['failed']);
  });

  it('is refused before the stream begins for one that there is not, and without a token', async () => {
    expect((await follow('other')).status).toBe(404);
    expect((await follow('one', { authorization: '' })).status).toBe(401);
  });
});
