import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pollUntil } from '@alertagent/local-stack';
import { AlertStand, DATABASES, type Answer } from './alert-stand';
import { alert, message } from './webhooks';

/** The answer's status, or 0 when the connection ended without one. */
const statusOf = (answer: Promise<Answer>): Promise<number> => answer.then(({ status }) => status).catch(() => 0);

/** A gateway in a process of its own, on the stand's database and NATS server. */
async function startGateway(
  stand: AlertStand,
  failpoint = '',
): Promise<{ child: ChildProcess; url: string; ended: Promise<unknown> }> {
  const child = fork(join(__dirname, 'gateway-process.ts'), [stand.databaseUrl, stand.nats.url], {
    execArgv: [
      '--conditions=@alertagent/source',
      '-r',
      join(__dirname, '../../../libs/service-kit/test/typescript-in-node.cjs'),
    ],
    env: { ...process.env, ALERTAGENT_FAILPOINT: failpoint },
  });
  const ended = once(child, 'exit');
  const [url] = (await Promise.race([
    once(child, 'message'),
    ended.then(() => Promise.reject(new Error('it did not start'))),
  ])) as [string];
  return { child, url, ended };
}

describe.each(DATABASES)('a gateway that is killed, on %s', (kind) => {
  let stand: AlertStand;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    stand = await AlertStand.start(kind);
  }, 120_000);
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await stand?.stop();
  }, 60_000);

  /** A gateway in a process of its own that ends itself at `failpoint`. */
  async function gatewayProcess(failpoint: string): Promise<{ url: string; ended: Promise<unknown> }> {
    const { child, url, ended } = await startGateway(stand, failpoint);
    children.push(child);
    return { url, ended };
  }

  const namedAlerts = async (name: string) => (await stand.alerts()).filter(({ labels }) => labels['service'] === name);

  it('between commit and answer has stored the webhook; sent again it is a repetition', async () => {
    const body = message(alert({ labels: { service: 'after commit' } }));
    const { url, ended } = await gatewayProcess('after_commit:kill');
    expect(await statusOf(stand.deliver(body, { url }))).toBe(0);
    await ended;

    const before = await stand.settled();
    expect(await namedAlerts('after commit')).toHaveLength(1);
    expect(await statusOf(stand.deliver(body))).toBe(202);
    const after = await stand.settled();
    expect(after.dispositions.duplicate - before.dispositions.duplicate).toBe(1);
    expect(await namedAlerts('after commit')).toHaveLength(1);
  }, 60_000);

  it('before the commit has acknowledged nothing and stored nothing; sent again it is news', async () => {
    const body = message(alert({ labels: { service: 'before commit' } }));
    const { url, ended } = await gatewayProcess('before_commit:kill');
    expect(await statusOf(stand.deliver(body, { url }))).toBe(0);
    await ended;

    const before = await stand.settled();
    expect(await namedAlerts('before commit')).toHaveLength(0);
    expect(await statusOf(stand.deliver(body))).toBe(202);
    const after = await stand.settled();
    expect(after.dispositions.opened - before.dispositions.opened).toBe(1);
  }, 60_000);
});

describe.each(DATABASES)('a gateway that is killed again and again under load, on %s', (kind) => {
  let stand: AlertStand;
  let child: ChildProcess | undefined;

  beforeAll(async () => {
    stand = await AlertStand.start(kind);
  }, 120_000);
  afterAll(async () => {
    child?.kill('SIGKILL');
    await stand?.stop();
  }, 60_000);

  it('loses nothing it acknowledged, invents nothing and counts nothing twice', async () => {
    const accepted = new Set<string>();
    let sent = 0;
    for (let kill = 0; kill < 4; kill++) {
      const gateway = await startGateway(stand);
      child = gateway.child;
      let isDead = false;
      const sender = async (): Promise<void> => {
        while (!isDead) {
          const name = `load ${sent++}`;
          const status = await statusOf(
            stand.deliver(message(alert({ labels: { service: name } })), { url: gateway.url }),
          );
          if (status === 202) accepted.add(name);
          if (status === 0) isDead = true;
        }
      };
      const senders = Array.from({ length: 8 }, sender);
      const reached = accepted.size + 40 + 23 * kill;
      await pollUntil(() => accepted.size >= reached, { what: 'accepted webhooks', intervalMs: 1 });
      gateway.child.kill('SIGKILL');
      await Promise.all(senders);
    }

    const ledger = await stand.settled();
    const rows: { name: string; alerts: unknown }[] = await stand.database.query(
      'SELECT labels AS name, COUNT(*) AS alerts FROM alerts GROUP BY labels',
    );
    const stored = new Map(
      rows.map((row) => [(JSON.parse(row.name) as { service: string }).service, Number(row.alerts)]),
    );
    expect([...accepted].filter((name) => !stored.has(name))).toEqual([]);
    expect([...stored].filter(([name, alerts]) => alerts !== 1 || Number(name.slice(5)) >= sent)).toEqual([]);
    expect(ledger.balanced).toBe(true);
    expect(ledger.accepted).toBe(stored.size);
  }, 120_000);
});

describe('a database server that is killed under load', () => {
  let stand: AlertStand;
  beforeAll(async () => {
    stand = await AlertStand.start('MariaDB', { gateway: { intake: { commit_timeout: 2_000 } } });
  }, 120_000);
  afterAll(() => stand?.stop(), 60_000);

  it('is answered for with 503, and loses nothing that was acknowledged', async () => {
    const accepted = new Set<string>();
    const refused: Answer[] = [];
    let sent = 0;
    let isOver = false;
    const sender = async (): Promise<void> => {
      while (!isOver) {
        const name = `load ${sent++}`;
        const answer = await stand.deliver(message(alert({ labels: { service: name } })));
        if (answer.status === 202) accepted.add(name);
        else refused.push(answer);
      }
    };
    const senders = Array.from({ length: 8 }, sender);
    for (let kill = 0; kill < 2; kill++) {
      const reached = accepted.size + 50;
      await pollUntil(() => accepted.size >= reached, { what: 'accepted webhooks' });
      stand.mariadb!.kill('SIGKILL');
      const refusals = refused.length + 8;
      await pollUntil(() => refused.length >= refusals, { what: 'refused webhooks' });
      await stand.mariadb!.restart();
    }
    const reached = accepted.size + 50;
    await pollUntil(() => accepted.size >= reached, { what: 'accepted webhooks after the restart', timeoutMs: 20_000 });
    isOver = true;
    await Promise.all(senders);

    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([503]));
    expect(refused.every(({ headers }) => Number(headers.get('retry-after')) >= 1)).toBe(true);
    expect(refused.every(({ body }) => !JSON.stringify(body).includes('ECONN'))).toBe(true);
    await stand.settled();
    const rows: { name: string; alerts: unknown }[] = await stand.database.query(
      'SELECT labels AS name, COUNT(*) AS alerts FROM alerts GROUP BY labels',
    );
    const stored = new Map(
      rows.map((row) => [(JSON.parse(row.name) as { service: string }).service, Number(row.alerts)]),
    );
    expect([...accepted].filter((name) => !stored.has(name))).toEqual([]);
    expect([...stored].filter(([name, alerts]) => alerts !== 1 || Number(name.slice(5)) >= sent)).toEqual([]);
  }, 120_000);
});
