import { eventsOf, streamName } from '@alertagent/contracts';
import { sharedStack } from '@alertagent/local-stack';
import { connect, DiscardPolicy, type NatsConnection, type StreamConfig } from 'nats';
import { JetStreamPublisher } from '../src/bus/jetstream-publisher';
import { NatsLink } from '../src/bus/nats-link';

const stack = sharedStack();
afterAll(() => stack.close());

describe('the stream of a service', () => {
  const name = streamName('clusters');
  let admin: NatsConnection;
  let link: NatsLink;
  let publisher: JetStreamPublisher;
  let repairs: Partial<StreamConfig>[];

  beforeEach(async () => {
    const nats = await stack.startTestNats();
    admin = await connect({ servers: nats.url });
    link = new NatsLink({ url: nats.url, service: 'clusters' });
    repairs = [];
    publisher = new JetStreamPublisher(link, 'clusters', (_stream, found) => repairs.push(found));
    await link.whenOpen();
  });
  afterEach(async () => {
    await link.close();
    await admin.close();
  });

  const discard = async (): Promise<DiscardPolicy> =>
    (await (await admin.jetstreamManager()).streams.info(name)).config.discard;

  it('that was made to forget old events is put right before anything is published', async () => {
    const subjects = eventsOf('clusters').map(({ subject }) => `${subject}.*`);
    await (await admin.jetstreamManager()).streams.add({ name, subjects, discard: DiscardPolicy.Old, max_msgs: 50 });
    await publisher.ensureStream();
    expect(await discard()).toBe(DiscardPolicy.New);
    expect(repairs).toEqual([expect.objectContaining({ discard: DiscardPolicy.Old })]);
  });

  it('that somebody changes later is put right when it is looked at', async () => {
    await publisher.ensureStream();
    const manager = await admin.jetstreamManager();
    const { config } = await manager.streams.info(name);
    await manager.streams.update(name, { ...config, discard: DiscardPolicy.Old });
    await publisher.streamState(name);
    expect(await discard()).toBe(DiscardPolicy.New);
    expect(repairs).toEqual([{ discard: DiscardPolicy.Old }]);
  });

  it('that is as it must be is left alone', async () => {
    await publisher.ensureStream();
    await publisher.streamState(name);
    expect(repairs).toEqual([]);
  });
});
