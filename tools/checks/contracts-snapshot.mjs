// Writes libs/contracts/contracts.snapshot.json: every subject with the JSON schema of its payloads and who may use it.
// With --check it compares instead: a change of a contract must be visible in review, a removal must be meant.
import { createRequire } from 'node:module';
import { checkedIn } from './checked-in.mjs';

const require = createRequire(new URL('../../libs/contracts/package.json', import.meta.url));
require('reflect-metadata');
const contracts = require('@alertagent/contracts');
const { validationMetadatasToSchemas } = require('class-validator-jsonschema');
const { defaultMetadataStorage } = require('class-transformer/cjs/storage');

const text = (type) => ({ type: 'object', additionalProperties: { type: 'string' }, description: type });
const schemas = validationMetadatasToSchemas({
  classTransformerMetadataStorage: defaultMetadataStorage,
  refPointerPrefix: '#/schemas/',
  additionalConverters: {
    isLabelMap: text('labels'),
    isStringMap: text('strings'),
    isRuleTextMap: text('labels or annotations'),
    isParameterMap: { type: 'object', description: 'numbers or strings' },
    isRuleTarget: {},
    isCleanText: { type: 'string', minLength: 1 },
    isTextBlock: { type: 'string', minLength: 1 },
    isUtcTime: { type: 'string', format: 'date-time' },
    isTargetList: { type: 'array', minItems: 1 },
    isTargetListOrNone: { type: 'array' },
  },
});
const bySubject = (a, b) => (a.subject < b.subject ? -1 : 1);
const askers = (subject) =>
  contracts.SERVICE_NAMES.filter((name) => contracts.access[name].asks.some((request) => request.subject === subject));
const hearers = (subject) =>
  contracts.SERVICE_NAMES.filter((name) => contracts.access[name].hears.some((event) => event.subject === subject));

const snapshot = {
  events: [...contracts.allEvents].sort(bySubject).map(({ subject, owner, payload, key }) => ({
    subject,
    owner,
    payload: payload.name,
    key,
    heard_by: hearers(subject),
  })),
  requests: [...contracts.allRequests].sort(bySubject).map(({ subject, owner, request, reply, timeoutMs }) => ({
    subject,
    owner,
    request: request.name,
    reply: reply.name,
    timeout_ms: timeoutMs,
    asked_by: askers(subject),
  })),
  streams: contracts.streams,
  schemas: Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1))),
};

checkedIn(
  'libs/contracts/contracts.snapshot.json',
  `${JSON.stringify(snapshot, null, 2)}\n`,
  'npm run contracts:snapshot',
);
