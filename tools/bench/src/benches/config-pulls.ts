import { AlertAgent } from '@alertagent/e2e/alertagent';
import { freePort, pollUntil } from '@alertagent/local-stack';
import { profilingEnv, type Bench, type BenchSettings } from '../bench';
import type { BareFastifySettings } from '../bare/bare-fastify';
import { withCleanUp } from '../clean-up';
import type { Figure } from '../figure';
import type { PullLoadResult, PullLoadSettings } from '../load/pull-load';
import { NodeProgram, runNodeProgram } from '../node-program';
import { childrenOf, cpuSeconds } from '../process-table';

const DEFAULT_SECONDS = 10;
const WARM_UP_SECONDS = 2;
const CONNECTIONS = 32;
/** Rounds of bare server and product, in turn. */
const ROUNDS = 3;

/** What a server did with the load. */
interface Answered {
  perSecond: number;
  /** Per second of processor time of the server: what one core would do, whoever else is on the machine. */
  perCpuSecond: number;
}

/** How many sidecars without news one process answers. */
export const configPulls: Bench = {
  name: 'config-pulls',
  summary: `pulls of an unchanged configuration (304) over ${CONNECTIONS} connections, beside a bare Fastify`,
  run: (settings) =>
    withCleanUp(async (later) => {
      settings.say('starting AlertAgent');
      const configPort = await freePort();
      const agent = await AlertAgent.start({
        env: { ALERTAGENT_CONFIG_PORT: String(configPort), ...profilingEnv(settings) },
      });
      later(() => agent.stop());
      const target = await servedCluster(agent, configPort);
      const bare = new NodeProgram('bare/bare-fastify', bareSettings(target));
      later(() => bare.stop());
      return measure(agent, target, await bare.answer<{ port: number; pid: number }>(15_000), settings);
    }),
};

/** What is pulled from where. */
interface Target {
  port: number;
  path: string;
  token: string;
  etag: string;
  headers: Record<string, string>;
}

async function servedCluster(agent: AlertAgent, port: number): Promise<Target> {
  const { status, body } = await agent.call<{ id: string; tokens: { sync: string } }>('POST', '/api/v1/clusters', {
    name: 'pulled',
  });
  if (status !== 201) throw new Error(`the cluster was not registered: ${JSON.stringify(body)}`);
  const rule = { name: 'Pulled', expression: 'up == 0', severity: 'warning', targets: [body.id] };
  const created = await agent.call('POST', '/api/v1/rules', rule);
  if (created.status !== 201) throw new Error(`the rule was not created: ${JSON.stringify(created.body)}`);
  const path = `/api/v1/configs?cluster_id=${body.id}&type=prometheus-rules`;
  const token = body.tokens.sync;
  const answer = await pollUntil(
    async () => {
      const pulled = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization: `Bearer ${token}` } });
      await pulled.arrayBuffer();
      return pulled.status === 200 ? pulled : null;
    },
    { what: 'a configuration', timeoutMs: 30_000 },
  );
  return { port, path, token, etag: answer.headers.get('etag') ?? '', headers: ownHeaders(answer.headers) };
}

/** What the product says with each answer, for the bare server to say too. */
function ownHeaders(all: Headers): Record<string, string> {
  const left = new Set(['content-length', 'content-type', 'date', 'connection', 'keep-alive']);
  return Object.fromEntries([...all].filter(([name]) => !left.has(name)));
}

const bareSettings = ({ etag, headers }: Target): BareFastifySettings => ({ etag, headers });

async function measure(
  agent: AlertAgent,
  target: Target,
  bare: { port: number; pid: number },
  { seconds = DEFAULT_SECONDS, say }: BenchSettings,
): Promise<Figure[]> {
  const config = childrenOf(agent.pid).find(({ command }) => command.includes('apps/config/dist/main.js'));
  if (!config) throw new Error('the config service is no child of the launcher');
  const product: Answered[] = [];
  const limit: Answered[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    say(`round ${round} of ${ROUNDS}`);
    limit.push(await load({ ...target, port: bare.port }, bare.pid, seconds));
    product.push(await load(target, config.pid, seconds));
  }
  const figure = (name: string, of: keyof Answered, unit: string): Figure => ({
    name,
    value: mean(product, of),
    unit,
    limit: { name: 'bare Fastify', value: mean(limit, of) },
    goal: { of: 'ratio', direction: 'at least', bound: 0.8 },
  });
  const perCore = figure('304 per second of processor time', 'perCpuSecond', '/s');
  return [
    figure('304 answered', 'perSecond', '/s'),
    { ...perCore, note: 'garbage collection and other threads of the process included' },
    {
      ...perCore,
      name: '304 on one core',
      limit: undefined,
      goal: { of: 'value', direction: 'at least', bound: 15_000 },
    },
  ];
}

async function load({ port, path, token, etag }: Target, pid: number, seconds: number): Promise<Answered> {
  const settings: PullLoadSettings = {
    port,
    path,
    token,
    etag,
    connections: CONNECTIONS,
    warmUpSeconds: WARM_UP_SECONDS,
    seconds,
  };
  const before = cpuSeconds(pid);
  const running = runNodeProgram<PullLoadResult>('load/pull-load', settings, (WARM_UP_SECONDS + seconds + 30) * 1_000);
  const result = await running;
  const spent = cpuSeconds(pid) - before;
  const others = Object.entries(result.others).map(([status, count]) => `${count}x ${status}`);
  if (others.length > 0) throw new Error(`not all pulls were answered 304: ${others.join(', ')}`);
  // The warm-up costs processor time too.
  const whole = (result.unchanged * (WARM_UP_SECONDS + seconds)) / seconds;
  return { perSecond: result.unchanged / seconds, perCpuSecond: whole / spent };
}

const mean = (all: readonly Answered[], of: keyof Answered): number =>
  all.reduce((sum, each) => sum + each[of], 0) / all.length;
