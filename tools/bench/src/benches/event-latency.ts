import { createConnection, type Connection } from 'mysql2/promise';
import { connect, type NatsConnection } from 'nats';
import type { Bench, BenchSettings } from '../bench';
import { startBenchMariadb } from '../bench-mariadb';
import { bareRoundTrip } from '../bare/bare-round-trip';
import { withCleanUp } from '../clean-up';
import type { Figure } from '../figure';
import { GatewayAlone } from '../gateway-alone';
import { announceToken, incidentLatencies } from '../load/incident-stream';
import { percentile } from '../percentile';

const DEFAULT_SECONDS = 20;
const PER_SECOND = 100;

/** How long integrations wait for the news of an alert. */
export const eventLatency: Bench = {
  name: 'event-latency',
  summary:
    '100 webhooks per second, by the clock, each opening an incident: from when it was due to the event at a NATS subscriber',
  run: (settings) =>
    withCleanUp(async (later) => {
      settings.say('starting MariaDB, NATS and the gateway');
      const mariadb = await startBenchMariadb();
      later(() => mariadb.stop());
      const url = await mariadb.createDatabase('alertagent');
      const gateway = await GatewayAlone.start(url, settings, later);
      const connection = await createConnection({ uri: url });
      later(() => connection.end());
      await announceToken(connection);
      const nats = await connect({ servers: gateway.natsUrl });
      later(() => nats.close());
      return measure({ gateway, connection, nats }, settings);
    }),
};

interface Parts {
  gateway: GatewayAlone;
  connection: Connection;
  nats: NatsConnection;
}

async function measure({ gateway, connection, nats }: Parts, settings: BenchSettings): Promise<Figure[]> {
  const { seconds = DEFAULT_SECONDS, say } = settings;
  say('the bare round trip: one row committed, one message published and received');
  const bare = await bareRoundTrip({ connection, nats, perSecond: PER_SECOND, seconds: Math.min(seconds, 10) });
  say(`${PER_SECOND} incidents per second`);
  const { port } = gateway;
  const latencies = await incidentLatencies({ port, nats, perSecond: PER_SECOND, seconds, name: 'bench' });
  const figure = (share: number, name: string): Figure => ({
    name: `alert to event, ${name}`,
    value: percentile(latencies, share),
    unit: 'ms',
    limit: { name: 'commit, publish, receive', value: percentile(bare, share) },
  });
  return [
    figure(0.5, 'p50'),
    {
      ...figure(0.99, 'p99'),
      goal: { of: 'value', direction: 'at most', bound: 150 },
      note: `${latencies.length} events of ${seconds * PER_SECOND} webhooks`,
    },
  ];
}
