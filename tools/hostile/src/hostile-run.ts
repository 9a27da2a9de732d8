import type { Api, Endpoint } from './api/endpoints';
import { ONCE_ONLY } from './api/valid-bodies';
import { judgeAnswer } from './judge/judge-answer';
import { Random } from './random';
import { RequestBuilder } from './request-builder';
import { changesNothing, type HostileCase, type HostileRow, type Scene } from './row';
import { differences, quietCensus } from './stand/census';
import type { HostileStand } from './stand/hostile-stand';
import { Tally } from './tally';
import { exchange } from './wire/exchange';

const CONCURRENCY = 8;
/** What is made before the rows begin, so that paths lead to something. */
const FURNITURE: readonly [kind: string, path: string][] = [
  ['source', '/alerts/sources'],
  ['suppression', '/suppressions'],
  ['note', '/incidents/{id}/notes'],
  ['whatIf', '/policies/what-if'],
];
/** How long a stream is listened to. */
const STREAM_MS = 500;

/** Sends the cases of rows one row after another, and looks after each that nothing changed and all still works. */
export class HostileRun {
  readonly tally = new Tally();
  private readonly build: RequestBuilder;

  constructor(
    private readonly stand: HostileStand,
    private readonly api: Api,
    private readonly endpoints: readonly Endpoint[],
    private readonly seed: number,
  ) {
    this.build = new RequestBuilder(stand, api);
  }

  /** The valid requests the hostile ones are made from. Whatever they are refused for, hostile ones would be refused for too. */
  async rehearse(): Promise<void> {
    for (const [kind, path] of FURNITURE) {
      const endpoint = this.api.endpoints.find(({ name }) => name === `POST /api/v1${path}`);
      if (!endpoint) continue;
      const body = this.build.body(endpoint);
      await this.stand.furnishMore([{ kind, path: this.build.path(endpoint).replace('/api/v1', ''), body }]);
    }
    for (const endpoint of this.endpoints) this.tally.blame('valid', await this.works(endpoint), endpoint.name);
  }

  async row(row: HostileRow): Promise<void> {
    const scene: Scene = {
      stand: this.stand,
      api: this.api,
      endpoints: this.endpoints,
      build: this.build,
      random: new Random(this.seed),
      note: (text) => this.tally.notes.push(`${row.id}: ${text}`),
    };
    const process = await this.build.processStart();
    const cases = [...row.cases(scene)];
    if (row.inOrder) await this.sendAll(row, cases);
    else await this.sendRefusedFirst(row, cases);
    if (row.afterwards) this.tally.blame(row.id, await row.afterwards(scene));
    for (const endpoint of new Set(cases.map((one) => one.endpoint)))
      this.tally.blame(row.id, await this.works(endpoint), endpoint.name);
    if ((await this.build.processStart()) !== process) this.tally.blame(row.id, ['the gateway was started anew']);
  }

  private async sendRefusedFirst(row: HostileRow, cases: readonly HostileCase[]): Promise<void> {
    const refused = cases.filter(changesNothing);
    if (refused.length > 0) {
      const before = await quietCensus(this.stand, this.api.endpoints);
      await this.sendAll(row, refused);
      const after = await quietCensus(this.stand, this.api.endpoints);
      this.tally.blame(row.id, differences(before, after));
    }
    await this.sendAll(
      row,
      cases.filter((one) => !changesNothing(one)),
    );
  }

  private async sendAll(row: HostileRow, cases: readonly HostileCase[]): Promise<void> {
    const waiting = [...cases].reverse();
    const atOnce = row.inOrder ? 1 : (row.concurrency ?? CONCURRENCY);
    const work = async (): Promise<void> => {
      for (let next = waiting.pop(); next; next = waiting.pop()) {
        const { send, options } = next;
        const answer = Buffer.isBuffer(send)
          ? await exchange(this.stand.origin, send, options)
          : await this.stand.send(send, options);
        this.tally.count(row.id, next, answer.status, judgeAnswer(next, answer));
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
  }

  /** Whether the endpoint still does its work: a valid request, or reading where one would use something up. */
  private async works(endpoint: Endpoint): Promise<string[]> {
    const usesUp = endpoint.method === 'DELETE' || endpoint.path.endsWith('/replay');
    const request = usesUp
      ? { ...this.build.request(endpoint, { target: '/health' }), method: 'GET' }
      : this.build.request(endpoint);
    const { status, text } = await this.stand.send(request, endpoint.group === 'S' ? { timeoutMs: STREAM_MS } : {});
    // What is not there cannot be read, and an analysis that ended takes no further report: both say so.
    const isFine =
      (status >= 200 && status < 300) ||
      (endpoint.group !== 'W' && [404, 409].includes(status)) ||
      (status === 400 && ONCE_ONLY.has(endpoint.bodyName)) ||
      // There is one person here, and two are needed.
      (status === 403 && endpoint.path.endsWith('/approve')) ||
      status === 304;
    return isFine ? [] : [`a valid request was answered ${status}: ${text.slice(0, 200)}`];
  }
}
