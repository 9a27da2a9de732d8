import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One range query as it arrived; epoch seconds. */
export interface AskedRange {
  query: string;
  start: number;
  end: number;
  step: number;
}

/** Seconds from and to which a series has results. */
export type ScriptedSeries = { labels: Record<string, string>; spans: [from: number, to: number][] };

type Answer = { status: number; body: object } | 'hang';

/** A source of PromQL that answers range queries by a script, for what a real one cannot be made to do. */
export class ScriptedSource {
  readonly asked: AskedRange[] = [];
  /** What was asked, of any kind, in the order of arrival: the expression or the selector. */
  readonly questions: string[] = [];
  /** What to answer instead of the series; undefined: the series. */
  misbehave: (range: AskedRange) => Answer | undefined = () => undefined;
  /** Whether it answers nothing at all. */
  isSilent = false;

  private constructor(
    private readonly server: Server,
    private readonly series: Record<string, ScriptedSeries[]>,
  ) {}

  /** `series` by the expression that is asked. */
  static async start(series: Record<string, ScriptedSeries[]>): Promise<ScriptedSource> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const answer = source.answer(request.url ?? '', new URLSearchParams(Buffer.concat(chunks).toString()));
        if (answer !== 'hang') response.writeHead(answer.status).end(JSON.stringify(answer.body));
      });
    });
    const source = new ScriptedSource(server, series);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return source;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private answer(url: string, form: URLSearchParams): Answer {
    this.questions.push(form.get('query') ?? form.get('match[]') ?? url);
    if (this.isSilent) return 'hang';
    if (!url.endsWith('/api/v1/query_range')) return { status: 404, body: { status: 'error', error: 'not here' } };
    const range = {
      query: form.get('query')!,
      start: Number(form.get('start')),
      end: Number(form.get('end')),
      step: Number(form.get('step')),
    };
    this.asked.push(range);
    const result = (this.series[range.query] ?? []).flatMap(({ labels, spans }) => {
      const values: [number, string][] = [];
      for (let at = range.start; at <= range.end + 1e-6; at += range.step) {
        const second = Math.round(at * 1000) / 1000;
        if (spans.some(([from, to]) => second >= from && second < to)) values.push([second, '1']);
      }
      return values.length > 0 ? [{ metric: labels, values }] : [];
    });
    const good = { status: 200, body: { status: 'success', data: { resultType: 'matrix', result } } };
    return this.misbehave(range) ?? good;
  }
}
