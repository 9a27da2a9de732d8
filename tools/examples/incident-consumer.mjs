// An integration: hears of incidents from AlertAgent and hands each one, once, to a system of yours. See README.md.
import { gunzipSync } from 'node:zlib';
import { AckPolicy, connect } from 'nats';

const { NATS_URL: servers = 'nats://127.0.0.1:4222', NATS_USER: user = 'ticketing', NATS_PASSWORD: pass } = process.env;
const known = new Set();
/** Yours: keep the id with what you make of the event, in one transaction; a known id is a repetition. Throw to get it again. */
async function handle(id, kind, { incident_id: incident, title, status }) {
  if (known.has(id) || !kind.startsWith('incident-')) return;
  console.log(JSON.stringify({ id, kind, incident, title, status }));
  known.add(id);
}
const connection = await connect({ servers, user, pass, inboxPrefix: `_INBOX_${user}`, maxReconnectAttempts: -1 });
const { consumers } = await connection.jetstreamManager({ checkAPI: false });
const durable = { durable_name: user, filter_subject: 'alertagent.alerts.v1.*.*', ack_policy: AckPolicy.Explicit };
await consumers.add('ALERTAGENT_GATEWAY', durable);
const consumer = await connection.jetstream().consumers.get('ALERTAGENT_GATEWAY', user);
const messages = await consumer.consume({ max_messages: 50 });
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => messages.stop());
for await (const message of messages) {
  try {
    const text = message.headers?.get('Content-Encoding') === 'gzip' ? gunzipSync(message.data) : message.data;
    await handle(message.headers?.get('Nats-Msg-Id'), message.subject.split('.')[3], JSON.parse(Buffer.from(text)));
    message.ack(); // Only now: what was not acknowledged comes again, also after a crash.
  } catch (error) {
    console.error(error.message);
    message.nak(5_000);
  }
}
await connection.drain();
