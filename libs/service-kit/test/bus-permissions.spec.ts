import { pollUntil, sharedStack, type NatsServer } from '@alertagent/local-stack';
import {
  access,
  allEvents,
  allRequests,
  durableName,
  eventsOf,
  inboxPrefix,
  natsPermissions,
  requestsOf,
  SERVICE_NAMES,
  streamName,
  streams,
  type ServiceName,
} from '@alertagent/contracts';
import { connect, Events, type NatsConnection } from 'nats';
import { BusStand } from './bus-stand';

const stack = sharedStack();
const stands = new Map<ServiceName, BusStand>();
let nats: NatsServer;

const passwordOf = (service: ServiceName): string => `${service}-secret`;
const standOf = (service: ServiceName): BusStand => stands.get(service) ?? fail(`${service} is not started`);
function fail(message: string): never {
  throw new Error(message);
}

beforeAll(async () => {
  const users = SERVICE_NAMES.map((user) => ({ user, password: passwordOf(user), ...natsPermissions(user) }));
  nats = await stack.startTestNats({ users });
  for (const service of SERVICE_NAMES) {
    const stand = new BusStand({ natsUrl: nats.url, service, username: service, password: passwordOf(service) });
    stands.set(service, await stand.start());
  }
});
afterAll(async () => {
  for (const stand of stands.values()) await stand.close();
  await stack.close();
});

/** A connection as this service that notes what the server refuses, as `publish <subject>` or `subscription <subject>`. */
async function intruder(service: ServiceName): Promise<{ connection: NatsConnection; refused: string[] }> {
  const options = { servers: nats.url, user: service, pass: passwordOf(service), inboxPrefix: inboxPrefix(service) };
  const connection = await connect(options);
  const refused: string[] = [];
  void (async () => {
    for await (const status of connection.status()) {
      const { operation, subject } = status.permissionContext ?? {};
      if (status.type === Events.Error && operation) refused.push(`${operation} ${subject}`);
    }
  })();
  return { connection, refused };
}

describe.each(SERVICE_NAMES)('the NATS user of %s', (service) => {
  it('lets the service ask what it declared', async () => {
    const connection = await standOf(service).link.whenOpen();
    for (const { subject } of access[service].asks) {
      const reply = await connection.request(subject, '{}', { timeout: 5_000 });
      expect(reply.headers?.get('Nats-Service-Error-Code')).toMatch(/^(invalid|not_found)$/);
    }
  });

  it('lets the service publish its events, and everybody who declared it hear them', async () => {
    for (const event of eventsOf(service)) {
      const id = `${event.subject}-${service}`;
      await standOf(service).publisher.publish({ id, subject: `${event.subject}.k`, payload: '{}', headers: {} });
      const hearers = SERVICE_NAMES.filter((name) => access[name].hears.includes(event));
      for (const hearer of hearers) {
        // An empty payload is refused by every contract, so it arrived when it was parked.
        await pollUntil(() => standOf(hearer).parked.some(({ messageId }) => messageId === id), {
          what: `${event.subject} at ${hearer}`,
        });
      }
    }
  });

  it('refuses to publish the events and inboxes of others, requests not declared, and the administration of streams', async () => {
    const { connection, refused } = await intruder(service);
    const others = SERVICE_NAMES.filter((name) => name !== service);
    const asked = access[service].asks.map(({ subject }) => subject);
    const foreign = [
      ...allEvents.filter(({ owner }) => owner !== service).map(({ subject }) => `${subject}.k`),
      ...allRequests.filter(({ subject }) => !asked.includes(subject)).map(({ subject }) => subject),
      ...others.map((name) => `${inboxPrefix(name)}.stolen.1`),
      ...streams.flatMap(({ name }) =>
        ['DELETE', 'PURGE', 'MSG.GET', 'MSG.DELETE'].map((verb) => `$JS.API.STREAM.${verb}.${name}`),
      ),
      ...others.flatMap((name) =>
        access[name].hears.map(
          (event) => `$JS.API.CONSUMER.DELETE.${streamName(event.owner)}.${durableName(name, event)}`,
        ),
      ),
      '$JS.API.STREAM.NAMES',
      'anything',
    ];
    for (const subject of foreign) connection.publish(subject, '{}');
    await connection.flush();
    const expected = foreign.map((subject) => `publish ${subject}`).sort();
    await pollUntil(() => refused.length >= expected.length, { what: `${expected.length} refusals` });
    expect([...new Set(refused)].sort()).toEqual([...new Set(expected)]);
    await connection.close();
  });

  it('refuses to listen to events, to the inboxes and requests of others, and to everything', async () => {
    const { connection, refused } = await intruder(service);
    const own = requestsOf(service).map(({ subject }) => subject);
    const foreign = [
      '>',
      'alertagent.>',
      '_INBOX.>',
      ...SERVICE_NAMES.filter((name) => name !== service).map((name) => `${inboxPrefix(name)}.>`),
      ...allEvents.map(({ subject }) => `${subject}.*`),
      ...allRequests.filter(({ subject }) => !own.includes(subject)).map(({ subject }) => subject),
    ];
    for (const subject of foreign) connection.subscribe(subject, { callback: () => undefined });
    await connection.flush();
    const expected = foreign.map((subject) => `subscription ${subject}`).sort();
    await pollUntil(() => refused.length >= expected.length, { what: `${expected.length} refusals` });
    expect([...new Set(refused)].sort()).toEqual(expected);
    await connection.close();
  });
});

it('NATS refuses a wrong password and nobody at all', async () => {
  await expect(connect({ servers: nats.url, user: 'rules', pass: 'wrong', reconnect: false })).rejects.toThrow(
    /authorization/i,
  );
  await expect(connect({ servers: nats.url, reconnect: false })).rejects.toThrow(/authorization/i);
});
