import type { INestApplicationContext } from '@nestjs/common';
import { JetStreamPublisher } from '../bus/jetstream-publisher';
import type { NatsLink } from '../bus/nats-link';
import type { Logger } from '../logging/logger';
import type { Metrics } from '../metrics/metrics';
import { OutboxDepth } from '../outbox/outbox-depth';
import { OutboxRelay } from '../outbox/outbox-relay';

/** Begins to publish what is committed to the outbox. Returns how to end that. */
export function startRelaying(
  app: INestApplicationContext,
  { link, metrics, log }: { link: NatsLink; metrics: Metrics; log: Logger },
): () => Promise<void> {
  const relay = app.get(OutboxRelay);
  relay.start();
  const depth = new OutboxDepth(metrics, () => relay.stats());
  depth.start();
  // Others wait for this service's stream; it should not take a first event for it to exist.
  void link
    .whenOpen()
    .then(
      () => app.get(JetStreamPublisher).ensureStream(),
      (error: unknown) => log.debug({ error }, 'closed before the message bus was reached'),
    )
    .catch((error: unknown) => log.warn({ error }, 'the stream will be created with the first event'));
  return async () => {
    depth.stop();
    await relay.stop();
  };
}
