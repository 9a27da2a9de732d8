// Writes docs/asyncapi.json: every event that AlertAgent publishes on NATS, for those who integrate with it, made from the
// contracts. With --check it compares instead. Either way the document must be sound: see asyncapi-problems.mjs.
import { createRequire } from 'node:module';
import { asyncapiProblems } from './asyncapi-problems.mjs';
import { checkedIn } from './checked-in.mjs';

const require = createRequire(new URL('../../libs/contracts/package.json', import.meta.url));
require('reflect-metadata');
const { allEvents, streamName, streams } = require('@alertagent/contracts');
const { validationMetadatasToSchemas } = require('class-validator-jsonschema');
const { defaultMetadataStorage } = require('class-transformer/cjs/storage');

const SCHEMAS = '#/components/schemas/';
const texts = { type: 'object', additionalProperties: { type: 'string' } };
const schemas = validationMetadatasToSchemas({
  classTransformerMetadataStorage: defaultMetadataStorage,
  refPointerPrefix: SCHEMAS,
  additionalConverters: {
    isLabelMap: texts,
    isStringMap: texts,
    isRuleTextMap: texts,
    isParameterMap: { type: 'object' },
    isRuleTarget: {},
    isCleanText: { type: 'string', minLength: 1 },
    isTextBlock: { type: 'string', minLength: 1 },
    isTargetList: { type: 'array', minItems: 1 },
    isTargetListOrNone: { type: 'array' },
  },
});

const DESCRIPTION = `Facts that AlertAgent's services tell, in the past tense, each on its own subject of NATS JetStream.

* A fact is committed with the change it tells about and published afterwards, at least once. The header \`Nats-Msg-Id\` is the same for every copy: whoever acts on a fact remembers it.
* Within one stream facts are in the order in which they were published. Streams keep them for some days; a durable consumer continues where it stopped.
* Fields may be added within a major version (\`v1\` in the subject). Ignore those you do not know.
* A payload of more than 128 KiB is compressed: then the header \`Content-Encoding\` is \`gzip\`.
* An integration has a NATS user of its own that may read with one durable consumer; docs/operations.md says how, tools/examples has one to start from.`;

/** A field that may be absent may be null as well: the validators of the contracts make no difference. */
function nullable(schema) {
  if (Array.isArray(schema.enum))
    return { ...schema, type: [schema.type ?? 'string', 'null'], enum: [...schema.enum, null] };
  return typeof schema.type === 'string'
    ? { ...schema, type: [schema.type, 'null'] }
    : { anyOf: [schema, { type: 'null' }] };
}

function withNulls({ properties = {}, required = [], ...rest }) {
  const fields = Object.entries(properties).map(([name, schema]) => [
    name,
    required.includes(name) ? schema : nullable(schema),
  ]);
  return { ...rest, properties: Object.fromEntries(fields), required };
}

const words = (name) => name.replaceAll('-', ' ');
const verbOf = ({ subject }) => subject.split('.').at(-1);
const idOf = ({ subject }) => subject.split('.').slice(1).join('.');
/** Who may use a token is between the services; nobody else has to hear of its hash. */
const isForOthers = ({ payload }) => !('token_hash' in (schemas[payload.name].properties ?? {}));
const bySubject = allEvents.filter(isForOthers).sort((a, b) => (a.subject < b.subject ? -1 : 1));
const parametersOf = (keys) =>
  Object.fromEntries(
    keys.map((key) => [
      key,
      { description: `The value of the payload's field \`${key}\`: filter by it, or take \`*\`.` },
    ]),
  );

function used(names, found = new Set()) {
  for (const name of names) {
    if (found.has(name)) continue;
    found.add(name);
    const inner = [...JSON.stringify(schemas[name] ?? {}).matchAll(new RegExp(`"${SCHEMAS}([A-Za-z0-9]+)"`, 'g'))];
    used(
      inner.map(([, each]) => each),
      found,
    );
  }
  return [...found].sort();
}

/** JetStream's own settings, which no AsyncAPI binding has. */
function streamOf(owner) {
  const { name, maxAgeMs } = streams.find((stream) => stream.owner === owner) ?? {};
  return { name: name ?? streamName(owner), max_age_seconds: (maxAgeMs ?? 0) / 1000 };
}

const document = {
  asyncapi: '3.0.0',
  info: { title: 'AlertAgent events', version: '1', description: DESCRIPTION },
  defaultContentType: 'application/json',
  servers: {
    nats: {
      host: 'nats.example:4222',
      protocol: 'nats',
      description: 'The NATS server that AlertAgent uses, with JetStream.',
      security: [{ $ref: '#/components/securitySchemes/user' }],
    },
  },
  channels: Object.fromEntries(
    bySubject.map((event) => [
      idOf(event),
      {
        address: `${event.subject}.{${event.key}}`,
        title: words(verbOf(event)),
        servers: [{ $ref: '#/servers/nats' }],
        parameters: parametersOf([event.key]),
        messages: { [verbOf(event)]: { $ref: `#/components/messages/${idOf(event)}` } },
        'x-jetstream-stream': streamOf(event.owner),
      },
    ]),
  ),
  operations: Object.fromEntries(
    bySubject.map((event) => [
      idOf(event),
      {
        action: 'send',
        channel: { $ref: `#/channels/${idOf(event)}` },
        title: `${event.owner} tells: ${words(verbOf(event))}`,
        messages: [{ $ref: `#/channels/${idOf(event)}/messages/${verbOf(event)}` }],
      },
    ]),
  ),
  components: {
    messages: Object.fromEntries(
      bySubject.map((event) => [
        idOf(event),
        {
          name: verbOf(event),
          title: words(verbOf(event)),
          contentType: 'application/json',
          headers: { $ref: `${SCHEMAS}EventHeaders` },
          payload: { $ref: `${SCHEMAS}${event.payload.name}` },
        },
      ]),
    ),
    schemas: {
      EventHeaders: {
        type: 'object',
        required: ['Nats-Msg-Id'],
        properties: {
          'Nats-Msg-Id': { type: 'string', description: 'The same for every copy of one fact.' },
          'Content-Encoding': {
            type: 'string',
            enum: ['gzip'],
            description: 'Present when the payload is compressed.',
          },
          'x-correlation-id': { type: 'string', description: 'Ties together what one request caused.' },
          traceparent: { type: 'string', description: 'W3C trace context of that request.' },
          tracestate: { type: 'string' },
        },
      },
      ...Object.fromEntries(
        used(bySubject.map(({ payload }) => payload.name)).map((name) => [name, withNulls(schemas[name])]),
      ),
    },
    securitySchemes: { user: { type: 'userPassword', description: 'One NATS user per integration.' } },
  },
};

const problems = asyncapiProblems(
  document,
  bySubject.map(({ subject, key }) => `${subject}.{${key}}`),
);
for (const problem of problems) console.error(`docs/asyncapi.json: ${problem}`);
if (problems.length > 0) process.exit(1);
checkedIn('docs/asyncapi.json', `${JSON.stringify(document, null, 2)}\n`, 'npm run asyncapi');
