import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { incidentUpdated, integrationPermissions, natsPermissions, streamName } from '@alertagent/contracts';
import { ClusterTokens, NatsLink, Outbox, StreamReader } from '@alertagent/service-kit';
import { startService, type TestService } from '@alertagent/service-kit/testing';
import { pollUntil, startNats, type NatsServer } from '@alertagent/local-stack';
import { DataSource } from 'typeorm';
import { gatewayService } from '../src/service';
import { ADMIN_TOKEN } from './alert-stand';
import { incident } from './live-events';
import { alert, message } from './webhooks';

const ROOT = join(__dirname, '../../..');
const TOKEN = `aat_webhook_${'a'.repeat(43)}`;
const GATEWAY = { username: 'gateway', password: 'gateway-secret' };
const INTEGRATION = { user: 'ticketing', password: 'ticketing-secret' };

const STREAM = streamName('gateway');

/** The JSON Schema validator that ESLint brings along. */
interface Validator {
  addSchema(schema: object): Validator;
  validate(ref: string, value: unknown): boolean;
  errorsText(): string;
}
const fromHere = createRequire(__filename);
const Ajv = createRequire(fromHere.resolve('eslint/package.json'))('ajv') as new (options: object) => Validator;

interface EventDescription {
  components: { messages: Record<string, { payload: { $ref: string } }> };
}

interface Handled {
  id: string;
  kind: string;
  incident: string;
}

describe('the example of an integration', () => {
  let nats: NatsServer;
  let gateway: TestService;
  const started: ChildProcess[] = [];

  beforeAll(async () => {
    const { username: user, password } = GATEWAY;
    nats = await startNats({
      users: [
        { user, password, ...natsPermissions('gateway') },
        { ...INTEGRATION, ...integrationPermissions(INTEGRATION.user) },
      ],
    });
    gateway = await startService(gatewayService, {
      natsUrl: nats.url,
      config: { nats: GATEWAY, security: { admin_token: ADMIN_TOKEN } },
    });
    await gateway.get(ClusterTokens).learn({
      token_id: 'webhook',
      cluster_id: 'one',
      cluster_name: 'one',
      purpose: 'webhook',
      token_hash: createHash('sha256').update(TOKEN).digest('hex'),
    });
    await deliver('first');
    // The gateway makes its stream when it first publishes; whoever follows it comes later.
    const hasStream = async (): Promise<boolean> => {
      const link = gateway.get(NatsLink);
      if (!link.isUp) return false;
      const { streams } = await link.current().jetstreamManager();
      return streams.info(STREAM).then(
        () => true,
        () => false,
      );
    };
    await pollUntil(hasStream, { what: 'the stream of the gateway' });
  }, 60_000);
  afterEach(async () => {
    for (const child of started.splice(0)) {
      child.kill('SIGTERM');
      await pollUntil(() => child.exitCode === 0, { what: 'the end of the example' });
    }
  });
  afterAll(async () => {
    await gateway?.close();
    await nats?.stop();
  });

  async function deliver(service: string): Promise<void> {
    const answer = await fetch(`${gateway.httpUrl}/api/v1/alerts/webhook`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify(message(alert({ labels: { service } }))),
    });
    expect(answer.status).toBe(202);
  }

  /** Runs the example as its README says. */
  function run(): { handled: Handled[]; errors: string[] } {
    const { user: NATS_USER, password: NATS_PASSWORD } = INTEGRATION;
    const env = { ...process.env, NATS_URL: nats.url, NATS_USER, NATS_PASSWORD };
    const child = spawn(process.execPath, [join(ROOT, 'tools/examples/incident-consumer.mjs')], { env });
    started.push(child);
    const [handled, errors]: [Handled[], string[]] = [[], []];
    createInterface(child.stdout).on('line', (line) => handled.push(JSON.parse(line) as Handled));
    createInterface(child.stderr).on('line', (line) => errors.push(line));
    return { handled, errors };
  }

  const has = (count: number, { handled, errors }: ReturnType<typeof run>): Promise<Handled[]> =>
    pollUntil(() => (handled.length >= count ? handled : null), { what: `${count} events; ${errors.join()}` });

  it('hears of a real incident with the permissions it is documented to have, and stops when told', async () => {
    const consumer = run();
    await pollUntil(() => consumer.handled.length > 0 || consumer.errors.length > 0, { what: 'the first event' });
    expect(consumer.errors).toEqual([]);
    expect(await has(1, consumer)).toMatchObject([{ kind: 'incident-opened' }]);
  }, 60_000);

  it('gets events that are as the event description says', async () => {
    const document = JSON.parse(readFileSync(join(ROOT, 'docs/asyncapi.json'), 'utf8')) as EventDescription;
    const ajv = new Ajv({ unknownFormats: 'ignore' }).addSchema({ $id: 'events', components: document.components });
    const enough = new AbortController();
    for await (const { subject, text } of new StreamReader(gateway.get(NatsLink), STREAM).read(1, enough.signal)) {
      const [, area, version, kind] = subject.split('.');
      const { $ref } = document.components.messages[`${area}.${version}.${kind}`]!.payload;
      expect({ kind, valid: ajv.validate(`events${$ref}`, JSON.parse(text ?? '')), errors: ajv.errorsText() }).toEqual({
        kind,
        valid: true,
        errors: 'No errors',
      });
      if (kind === 'incident-opened') enough.abort();
    }
  });

  it('continues where it stopped', async () => {
    await deliver('second');
    const consumer = run();
    await has(1, consumer);
    await deliver('third');
    const handled = await has(2, consumer);
    expect(handled.map(({ kind }) => kind)).toEqual(['incident-opened', 'incident-opened']);
    expect(new Set(handled.map((each) => each.incident)).size).toBe(2);
  }, 60_000);

  it('reads large events, which are compressed', async () => {
    const large = { ...incident(1), title: 'x'.repeat(200_000) };
    await gateway.get(DataSource).transaction((tx) => gateway.get(Outbox).add(tx, incidentUpdated, large));
    expect(await has(1, run())).toMatchObject([{ kind: 'incident-updated', incident: 'incident' }]);
  }, 60_000);

  it('is told to operators as it is tested here', () => {
    const script = join(ROOT, 'tools/checks/nats-config.mjs');
    const { stdout, stderr } = spawnSync(process.execPath, [script, '--integration', INTEGRATION.user], {
      encoding: 'utf8',
      cwd: ROOT,
    });
    expect(stderr).toBe('');
    const { publish, subscribe } = integrationPermissions(INTEGRATION.user);
    expect([...stdout.matchAll(/"([^"]+)"/g)].map(([, subject]) => subject)).toEqual([...publish, ...subscribe]);
  });
});
