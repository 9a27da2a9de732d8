// What is wrong with an AsyncAPI 3.0 document as we write it. There is a whole schema of the format, but it is larger than
// everything it would check here; these are its rules for the parts we use.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
// ESLint brings it along. It knows JSON Schema draft 7, which the schemas of AsyncAPI are a superset of.
const Ajv = createRequire(require.resolve('eslint/package.json'))('ajv');

const TOP = ['asyncapi', 'info', 'defaultContentType', 'servers', 'channels', 'operations', 'components'];
const REQUIRED = {
  '': ['asyncapi', 'info', 'channels', 'operations'],
  info: ['title', 'version'],
  servers: ['host', 'protocol'],
  channels: ['address', 'messages'],
  operations: ['action', 'channel'],
};
const NAME = /^[A-Za-z0-9_.-]+$/;

/** Every `$ref` of a value with the path it stands at. */
function references(value, path = '') {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    key === '$ref' && typeof child === 'string' ? [{ path, target: child }] : references(child, `${path}/${key}`),
  );
}

function resolve(document, target) {
  if (!target.startsWith('#/')) return undefined;
  const tokens = target.slice(2).split('/');
  return tokens.reduce((value, token) => value?.[token.replaceAll('~1', '/').replaceAll('~0', '~')], document);
}

const missing = (value, fields, where) =>
  fields.filter((field) => value?.[field] === undefined).map((field) => `${where || 'the document'} has no ${field}`);

/**
 * The problems of a document, in sentences; none when it is sound.
 * @param {object} document
 * @param {string[]} addresses the addresses it must have, no more and no fewer
 */
export function asyncapiProblems(document, addresses) {
  return [
    ...shapeProblems(document),
    ...references(document)
      .filter(({ target }) => resolve(document, target) === undefined)
      .map(({ path, target }) => `${path} refers to ${target}, which is not there`),
    ...addressProblems(document, addresses),
    ...operationProblems(document),
    ...schemaProblems(document),
  ];
}

function shapeProblems(document) {
  const problems = missing(document, REQUIRED[''], '');
  if (document.asyncapi !== '3.0.0') problems.push(`asyncapi is ${document.asyncapi}, not 3.0.0`);
  for (const field of Object.keys(document))
    if (!TOP.includes(field)) problems.push(`${field} is no field of a document`);
  problems.push(...missing(document.info, REQUIRED.info, 'info'));
  for (const part of ['servers', 'channels', 'operations']) {
    for (const [name, value] of Object.entries(document[part] ?? {})) {
      if (!NAME.test(name)) problems.push(`${part}/${name} is not a name`);
      problems.push(...missing(value, REQUIRED[part], `${part}/${name}`));
    }
  }
  return problems;
}

function addressProblems(document, addresses) {
  const channels = Object.entries(document.channels ?? {});
  const found = channels.map(([, { address }]) => address);
  const problems = [
    ...addresses
      .filter((address) => !found.includes(address))
      .map((address) => `no channel has the address ${address}`),
    ...found.filter((address) => !addresses.includes(address)).map((address) => `nobody publishes on ${address}`),
  ];
  for (const [name, { address = '', parameters = {} }] of channels) {
    const named = [...address.matchAll(/\{([^}]+)\}/g)].map(([, parameter]) => parameter).sort();
    const declared = Object.keys(parameters).sort();
    if (named.join() !== declared.join()) problems.push(`channels/${name} declares ${declared}, its address ${named}`);
  }
  return problems;
}

function operationProblems(document) {
  return Object.entries(document.operations ?? {}).flatMap(([name, { action, channel, messages = [] }]) => [
    ...(['send', 'receive'].includes(action) ? [] : [`operations/${name} does ${action}`]),
    ...messages
      .filter(({ $ref }) => !$ref?.startsWith(`${channel?.$ref}/messages/`))
      .map(({ $ref }) => `operations/${name} names ${$ref}, which is not a message of its channel`),
  ]);
}

function schemaProblems(document) {
  const ajv = new Ajv({ unknownFormats: 'ignore' });
  ajv.addSchema({ $id: 'document', components: document.components });
  return Object.keys(document.components?.schemas ?? {}).flatMap((name) => {
    try {
      if (!ajv.validateSchema(document.components.schemas[name])) return [`schemas/${name}: ${ajv.errorsText()}`];
      ajv.getSchema(`document#/components/schemas/${name}`);
      return [];
    } catch (error) {
      return [`schemas/${name}: ${error.message}`];
    }
  });
}
