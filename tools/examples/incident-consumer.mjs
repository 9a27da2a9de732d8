// An integration: hears of incidents from AlertAgent and hands each one, once, to a system of yours. See README.md.
import { gunzipSync } from 'node:zlib';
import { AckPolicy, connect } from 'nats';

const { NATS_URL = 'nats://127.0.0.1:4222', NATS_USER = 'ticketing', NATS_PASSWORD } = process.env;
const STREAM = 'ALERTAGENT_GATEWAY';
const SUBJECTS = 'alertagent.alerts.v1.*.*'; // or one kind: alertagent.alerts.v1.incident-opened.*

/** Yours: keep the id with what you make of the event, in one transaction; an id you know is a repetition. Throw to get it again. */
const known = new Set();
async function handle(id, kind, event) {
  if (known.has(id) || !kind.startsWith('incident-')) return;
  console.log(JSON.stringify({ id, kind, incident: event.incident_id, title: event.title, status: event.status }));
  known.add(id);
}

const connection = await connect({
  servers: NATS_URL,
  user: NATS_USER,
  pass: NATS_PASSWORD,
  inboxPrefix: `_INBOX_${NATS_USER}`,
  maxReconnectAttempts: -1,
});
const manager = await connection.jetstreamManager({ checkAPI: false });
await manager.consumers.add(STREAM, {
  durable_name: NATS_USER,
  filter_subject: SUBJECTS,
  ack_policy: AckPolicy.Explicit,
});
const consumer = await connection.jetstream().consumers.get(STREAM, NATS_USER);
const messages = await consumer.consume({ max_messages: 50 });
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => messages.stop());

for await (const message of messages) {
  try {
    const data = message.headers?.get('Content-Encoding') === 'gzip' ? gunzipSync(message.data) : message.data;
    await handle(message.headers?.get('Nats-Msg-Id'), message.subject.split('.')[3], JSON.parse(Buffer.from(data)));
    message.ack(); // Only now: what was not acknowledged comes again, also after a crash.
  } catch (error) {
    console.error(error.message);
    message.nak(5_000);
  }
}
await connection.drain();
