import { fieldsOf, resolved, without, type JsonSchema, type Schemas } from '../api/json-schema';
import { refused, type HostileRow } from '../row';
import { eachBody, withBody } from './body-rows';
import { eachField } from './each-field';

const KINDS: readonly [kind: string, raw: string][] = [
  ['string', '"text"'],
  ['number', '5'],
  ['boolean', 'true'],
  ['array', '[1]'],
  ['object', '{"x":1}'],
  ['emptyArray', '[]'],
];

/** Whether a schema could take a value of this kind, as far as it tells. */
function mayTake(
  { type, oneOf, anyOf, items, additionalProperties, properties }: JsonSchema,
  kind: string,
  schemas: Schemas,
): boolean {
  const alternatives = oneOf ?? anyOf;
  if (alternatives) return alternatives.some((one) => mayTake(resolved(one, schemas), kind, schemas));
  if (type === undefined) return true;
  if (kind === 'emptyArray') return type === 'array';
  if (type === 'integer') return kind === 'number';
  if (kind === 'array' && type === 'array')
    return items === undefined || mayTake(resolved(items, schemas), 'number', schemas);
  if (kind === 'object' && type === 'object')
    return (
      properties === undefined &&
      (typeof additionalProperties !== 'object' || mayTake(additionalProperties, 'number', schemas))
    );
  return type === kind;
}

const isNumber = ({ type }: JsonSchema): boolean => type === 'integer' || type === 'number';

const NAMES_OF_OBJECTS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'valueOf',
  '__defineGetter__',
];

/** Fields that are missing, unknown, of another type or not the sender's to set. */
export const fieldRows: readonly HostileRow[] = [
  {
    id: 'B07',
    summary: 'fields that are missing, null or of another type',
    *cases(scene) {
      yield* eachField(scene, function* ({ path, schema, required }, put, endpoint) {
        if (required && path.length === 1) yield ['missing', without(scene.build.body(endpoint), path)];
        // An optional field may be null; a required one may not.
        if (required) yield ['null', put('null')];
        for (const [kind, raw] of KINDS) if (!mayTake(schema, kind, scene.api.schemas)) yield [kind, put(raw)];
        if (schema.enum) yield ['none of the list', put('"none-of-these"')];
      });
    },
  },
  {
    id: 'B08',
    summary: 'fields nobody knows',
    *cases(scene) {
      for (const endpoint of withBody(scene)) {
        if (endpoint.group === 'W') continue;
        for (const name of [
          'unknown',
          'Name',
          'naem',
          '$ref',
          'a b',
          '',
          '~',
          'a/b',
          '\u202e',
          '😀',
          'x'.repeat(5_000),
        ]) {
          const body = JSON.stringify({ ...scene.build.body(endpoint), [name]: 1 });
          const send = scene.build.request(endpoint, { body });
          yield { endpoint, what: JSON.stringify(name.slice(0, 20)), send, expected: refused(400, '/') };
        }
      }
    },
  },
  {
    id: 'B19',
    summary: 'names that every object has',
    *cases(scene) {
      yield* eachBody(scene, function* (endpoint, good) {
        if (endpoint.group === 'W') return;
        for (const name of NAMES_OF_OBJECTS.filter((one) => one !== 'prototype'))
          for (const [what, body] of [
            ['top', good.replace(/^{/, `{"${name}":{"polluted":"yes"},`)],
            ['deep', good.replace(/^{/, `{"extra":{"${name}":{"polluted":"yes"}},`)],
          ] as const)
            yield {
              endpoint,
              what: `${name} ${what}`,
              send: scene.build.request(endpoint, { body }),
              expected: refused(400, '/'),
            };
      });
      yield* eachField(scene, function* ({ schema }, put) {
        if (schema.type !== 'object' || schema.properties) return;
        for (const name of NAMES_OF_OBJECTS.filter((one) => one !== 'prototype')) yield [name, put(`{"${name}":"x"}`)];
      });
    },
  },
  {
    id: 'B21',
    summary: 'numbers out of range, or almost numbers',
    *cases(scene) {
      yield* eachField(scene, function* ({ schema }, put) {
        if (!isNumber(schema)) return;
        for (const raw of ['1e999', '-1e999', '"5"', '"NaN"', 'true', '[5]', '1e400']) yield [raw, put(raw)];
        if (schema.type === 'integer') yield ['1.5', put('1.5')];
        // Too large to be told from its neighbours: refused, or there is nothing with that number.
        if (schema.type === 'integer')
          for (const raw of ['9007199254740993', '1e30']) yield [raw, put(raw), refused([400, 404])];
        if (schema.maximum !== undefined) yield ['above', put(String(schema.maximum + 1))];
        if (schema.minimum !== undefined) yield ['below', put(String(schema.minimum - 1))];
      });
    },
  },
  {
    id: 'B59',
    summary: 'fields only the server may set',
    *cases(scene) {
      for (const endpoint of withBody(scene)) {
        if (endpoint.group === 'W' || !endpoint.body) continue;
        const known = new Set(fieldsOf(endpoint.body, scene.api.schemas).map(({ path }) => path[0]));
        const fields: Record<string, unknown> = {
          id: '01900000-0000-7000-8000-000000000001',
          role: 'admin',
          created_at: '2020-01-01T00:00:00Z',
          created_by: 'somebody else',
          token_hash: 'a'.repeat(64),
          token: 'aat_admin_x',
          version: 99,
          actor: { kind: 'system', id: 'x', name: 'x' },
          cluster_id: 'x',
          revoked_at: null,
          execution_status: 'approved',
          dry_run: false,
          analysis_id: 'x',
          incident_id: 'x',
        };
        for (const [name, value] of Object.entries(fields).filter(([one]) => !known.has(one))) {
          const body = JSON.stringify({ ...scene.build.body(endpoint), [name]: value });
          const send = scene.build.request(endpoint, { body });
          yield { endpoint, what: name, send, expected: refused(400, `/${name}`) };
        }
      }
    },
  },
  {
    id: 'B60',
    summary: 'values of almost the right type are not made to fit',
    *cases(scene) {
      yield* eachField(scene, function* ({ schema }, put) {
        if (schema.type === 'boolean') for (const raw of ['"true"', '"false"', '0', '1', '""']) yield [raw, put(raw)];
        if (schema.type === 'string') for (const raw of ['0', '12345', 'false', '1.5']) yield [raw, put(raw)];
        if (schema.type === 'array') for (const raw of ['"a,b"', '{"0":"a"}', '{"length":1}']) yield [raw, put(raw)];
      });
    },
  },
];
