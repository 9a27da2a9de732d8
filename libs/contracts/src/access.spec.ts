import { access, durableName, inboxPrefix, integrationPermissions, natsPermissions } from './access';
import { allEvents, allRequests, eventsOf, requestsOf } from './registry';
import { SERVICE_NAMES, type ServiceName } from './services';
import { streamName, streams } from './streams';

/** Whether a NATS pattern matches a subject (or another pattern, token by token). */
function covers(pattern: string, subject: string): boolean {
  const wanted = pattern.split('.');
  const given = subject.split('.');
  for (const [index, token] of wanted.entries()) {
    if (token === '>') return given.length > index;
    if (given[index] === undefined || (token !== '*' && token !== given[index])) return false;
  }
  return wanted.length === given.length;
}

const others = (service: ServiceName): ServiceName[] => SERVICE_NAMES.filter((name) => name !== service);
const mayPublish = (service: ServiceName, subject: string): boolean =>
  natsPermissions(service).publish.some((pattern) => covers(pattern, subject));
const maySubscribe = (service: ServiceName, subject: string): boolean =>
  natsPermissions(service).subscribe.some((pattern) => covers(pattern, subject));

describe('the declared traffic', () => {
  it('uses each subject once', () => {
    const subjects = [...allEvents, ...allRequests].map(({ subject }) => subject);
    expect(new Set(subjects).size).toBe(subjects.length);
  });

  it('names every subject alertagent.<domain>.v<major>.<verb>', () => {
    for (const { subject } of [...allEvents, ...allRequests])
      expect(subject).toMatch(/^alertagent\.[a-z]+\.v\d+\.[a-z-]+$/);
  });

  describe.each(SERVICE_NAMES)('of %s', (service) => {
    it('asks only requests that exist, and hears only events that exist and that others publish', () => {
      const { asks, hears } = access[service];
      expect(asks.filter((request) => !allRequests.includes(request))).toEqual([]);
      expect(hears.filter((event) => !allEvents.includes(event) || event.owner === service)).toEqual([]);
    });

    it('names each durable consumer once', () => {
      const names = access[service].hears.map((event) => durableName(service, event));
      expect(new Set(names).size).toBe(names.length);
      for (const name of names) expect(name).toMatch(/^[a-z-]+$/);
    });

    it('has no permission for everything', () => {
      const { publish, subscribe } = natsPermissions(service);
      for (const subject of [...publish, ...subscribe]) {
        expect(subject).not.toMatch(/^[>*]|^\$JS\.API\.>|^\$JS\.>|^alertagent\.(>|\*)|^_INBOX\./);
      }
    });

    it('may publish its own events and its questions, and nothing of others', () => {
      const asked = access[service].asks.map(({ subject }) => subject);
      for (const event of eventsOf(service)) expect(mayPublish(service, `${event.subject}.key`)).toBe(true);
      for (const { subject } of allRequests) expect(mayPublish(service, subject)).toBe(asked.includes(subject));
      for (const other of others(service)) {
        for (const event of eventsOf(other)) expect(mayPublish(service, `${event.subject}.key`)).toBe(false);
        expect(mayPublish(service, `${inboxPrefix(other)}.abc.1`)).toBe(false);
      }
    });

    it('may listen to its own inbox and its own requests, and nothing of others', () => {
      for (const { subject } of allRequests) {
        expect(maySubscribe(service, subject)).toBe(requestsOf(service).some((own) => own.subject === subject));
      }
      for (const { subject } of allEvents) expect(maySubscribe(service, `${subject}.key`)).toBe(false);
      for (const other of SERVICE_NAMES)
        expect(maySubscribe(service, `${inboxPrefix(other)}.a.b`)).toBe(other === service);
    });

    it('may neither delete nor purge a stream, nor touch the streams and consumers of others', () => {
      for (const { name, owner } of streams) {
        for (const verb of ['DELETE', 'PURGE', 'MSG.DELETE', 'MSG.GET', 'SNAPSHOT', 'RESTORE']) {
          expect(mayPublish(service, `$JS.API.STREAM.${verb}.${name}`)).toBe(false);
        }
        for (const verb of ['CREATE', 'UPDATE']) {
          expect(mayPublish(service, `$JS.API.STREAM.${verb}.${name}`)).toBe(owner === service);
        }
      }
      for (const other of others(service)) {
        for (const event of access[other].hears) {
          const consumer = `${streamName(event.owner)}.${durableName(other, event)}`;
          for (const subject of [
            'CONSUMER.DELETE',
            'CONSUMER.MSG.NEXT',
            'CONSUMER.CREATE',
            'CONSUMER.DURABLE.CREATE',
          ]) {
            expect(mayPublish(service, `$JS.API.${subject}.${consumer}`)).toBe(false);
          }
          expect(mayPublish(service, `$JS.ACK.${consumer}.1.1.1.1.1`)).toBe(false);
        }
      }
    });
  });
});

describe('an integration', () => {
  const permissions = integrationPermissions('ticketing');
  const may = (subject: string): boolean => permissions.publish.some((pattern) => covers(pattern, subject));

  it('reads the facts of the gateway with a consumer of its own name', () => {
    const consumer = 'ALERTAGENT_GATEWAY.ticketing';
    for (const subject of ['CONSUMER.INFO', 'CONSUMER.CREATE', 'CONSUMER.MSG.NEXT'])
      expect(may(`$JS.API.${subject}.${consumer}`)).toBe(true);
    expect(may(`$JS.ACK.${consumer}.1.1.1.1.1`)).toBe(true);
    expect(permissions.subscribe).toEqual(['_INBOX_ticketing.>']);
  });

  it('publishes no fact, asks nobody, and touches neither the stream nor a consumer of others', () => {
    for (const { subject } of [...allEvents, ...allRequests]) {
      expect(may(subject)).toBe(false);
      expect(may(`${subject}.key`)).toBe(false);
    }
    for (const { name } of streams) {
      for (const verb of ['CREATE', 'UPDATE', 'DELETE', 'PURGE', 'MSG.GET', 'MSG.DELETE'])
        expect(may(`$JS.API.STREAM.${verb}.${name}`)).toBe(false);
      expect(may(`$JS.API.CONSUMER.MSG.NEXT.${name}.ai-alerts-incident-opened`)).toBe(false);
      expect(may(`$JS.API.CONSUMER.DELETE.${name}.ai-alerts-incident-opened`)).toBe(false);
    }
  });

  it.each(['', 'a.b', '*', '>', 'a b', 'gateway', 'ai-alerts-incident-opened'])('is not called %p', (name) => {
    expect(() => integrationPermissions(name)).toThrow('choose another name');
  });
});

describe('following a stream', () => {
  it('is for the gateway and its own stream, by consumers without a name that no durable one is read or made with', () => {
    for (const service of SERVICE_NAMES) {
      for (const { name } of streams) {
        const isOwn = service === 'gateway' && name === streamName('gateway');
        expect(mayPublish(service, `$JS.API.CONSUMER.CREATE.${name}`)).toBe(isOwn);
        expect(mayPublish(service, `$JS.FC.${name}.consumer.1`)).toBe(isOwn);
        for (const subject of ['CONSUMER.MSG.NEXT', 'CONSUMER.CREATE', 'CONSUMER.DURABLE.CREATE', 'CONSUMER.DELETE'])
          expect(mayPublish(service, `$JS.API.${subject}.${name}.anything`)).toBe(false);
      }
    }
  });
});

describe('the streams', () => {
  it('hold every event in exactly one stream, that of its owner', () => {
    for (const { subject, owner } of allEvents) {
      const holders = streams.filter((stream) => stream.subjects.some((pattern) => covers(pattern, `${subject}.key`)));
      expect(holders.map(({ name }) => name)).toEqual([streamName(owner)]);
    }
  });

  it('catch no request, which a stream would answer with its own acknowledgement', () => {
    for (const { subject } of allRequests) {
      expect(streams.some((stream) => stream.subjects.some((pattern) => covers(pattern, subject)))).toBe(false);
    }
  });

  it('are bounded in age, size and duplicate window', () => {
    for (const { maxAgeMs, maxBytes, duplicateWindowMs } of streams) {
      expect([maxAgeMs, maxBytes, duplicateWindowMs].every((limit) => limit > 0)).toBe(true);
      expect(duplicateWindowMs).toBeLessThanOrEqual(maxAgeMs);
    }
  });
});
