import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createConnection, type Connection } from 'mysql2/promise';
import { pollUntil } from '@alertagent/local-stack';
import { connect } from 'nats';
import type { Bench } from '../bench';
import { startBenchMariadb } from '../bench-mariadb';
import { withCleanUp } from '../clean-up';
import type { Figure } from '../figure';
import { GatewayAlone } from '../gateway-alone';
import { announceToken, incidentLatencies } from '../load/incident-stream';
import { percentile } from '../percentile';

const PER_SECOND = 30;
const DEFAULT_SECONDS = 20;
/** Each state is measured so often, in turn, so that a machine that gets slower or faster does so for both. */
const ROUNDS = 3;
const WORKFLOW_MS = 50;
const DRAIN_MS = 300_000;
const MOST = 1.05;

/** Whether analyses that get no answer hold up the news of incidents. */
export const blackHole: Bench = {
  name: 'black-hole',
  summary: `${PER_SECOND} webhooks per second, by the clock, each opening an incident that is analysed: from when it was due to its event, with an n8n and a Dify that answer, and with ones that take every call and never do`,
  run: (settings) =>
    withCleanUp(async (later) => {
      const { seconds = DEFAULT_SECONDS, say } = settings;
      say('starting MariaDB, NATS, the gateway and ai');
      const mariadb = await startBenchMariadb();
      later(() => mariadb.stop());
      const url = await mariadb.createDatabase('alertagent');
      const gateway = await GatewayAlone.start(url, settings, later);
      const connection = await createConnection({ uri: url });
      later(() => connection.end());
      await announceToken(connection);
      const outside = await Outside.start(gateway.port, await gateway.token('status'));
      later(() => outside.stop());
      const env = {
        N8N_WEBHOOK_BASE_URL: `${outside.url}/webhook`,
        DIFY_ENDPOINT: outside.url,
        DIFY_API_KEY: 'app-bench',
      };
      await gateway.join('ai', env, later);
      const nats = await connect({ servers: gateway.natsUrl });
      later(() => nats.close());

      const latencies: Record<'answers' | 'hole', number[]> = { answers: [], hole: [] };
      for (let round = 1; round <= ROUNDS; round += 1) {
        for (const state of ['answers', 'hole'] as const) {
          outside.isHole = state === 'hole';
          const stream = {
            port: gateway.port,
            nats,
            perSecond: PER_SECOND,
            seconds,
            name: `${state}-${'x'.repeat(round)}`,
          };
          latencies[state].push(...(await incidentLatencies(stream)));
          // What was left over must not be done beside the next measurement.
          outside.isHole = false;
          await pollUntil(async () => (await waitingAnalyses(connection)) === 0, {
            what: 'all analyses to be over',
            timeoutMs: DRAIN_MS,
            intervalMs: 500,
          });
          say(`round ${round}, ${state}: p99 so far ${Math.round(percentile(latencies[state], 0.99))} ms`);
        }
      }
      say(`${outside.calls} calls of n8n and Dify, ${outside.swallowed} of them without an answer`);
      return [
        figure('alert to event into a black hole, p50', latencies, 0.5),
        {
          ...figure('alert to event into a black hole, p99', latencies, 0.99),
          goal: { of: 'ratio', direction: 'at most', bound: MOST },
        },
      ];
    }),
};

async function waitingAnalyses(connection: Connection): Promise<number> {
  const [rows] = await connection.query('SELECT COUNT(*) AS count FROM ai_analysis_records WHERE due_at IS NOT NULL');
  return Number((rows as { count: unknown }[])[0]?.count);
}

function figure(name: string, { answers, hole }: Record<'answers' | 'hole', number[]>, share: number): Figure {
  const limit = { name: 'n8n and Dify answer', value: percentile(answers, share) };
  return { name, value: percentile(hole, share), unit: 'ms', limit };
}

/** Stands for n8n and Dify at once. */
class Outside {
  /** From now on nothing is answered. */
  isHole = false;
  calls = 0;
  swallowed = 0;
  private readonly server: Server;

  private constructor(
    private readonly gatewayPort: number,
    private readonly token: string,
  ) {
    this.server = createServer((request, response) => {
      this.calls += 1;
      request.resume();
      if (this.isHole) {
        this.swallowed += 1;
        return;
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"message":"Workflow was started"}');
      const key = request.headers['idempotency-key'];
      if (typeof key === 'string') setTimeout(() => void this.report(key), WORKFLOW_MS);
    });
  }

  static async start(gatewayPort: number, token: string): Promise<Outside> {
    const outside = new Outside(gatewayPort, token);
    await once(outside.server.listen(0, '127.0.0.1'), 'listening');
    return outside;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private async report(analysis: string): Promise<void> {
    const result = {
      root_cause: 'A leak',
      severity_score: 0.5,
      confidence: 0.9,
      suggested_actions: [],
      similar_incidents: [],
    };
    const answer = await fetch(`http://127.0.0.1:${this.gatewayPort}/api/v1/alerts/analyze/${analysis}/status`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.token}` },
      body: JSON.stringify({ status: 'completed', result }),
    }).catch(() => null);
    await answer?.arrayBuffer();
  }
}
