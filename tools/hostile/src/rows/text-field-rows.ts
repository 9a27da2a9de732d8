import type { BodyField, JsonSchema } from '../api/json-schema';
import { refused, type HostileRow } from '../row';
import { eachField } from './each-field';

const isText = ({ type, enum: allowed }: JsonSchema): boolean => type === 'string' && allowed === undefined;
const isTime = ({ pattern }: JsonSchema): boolean => pattern?.includes('T\\d\\d') ?? false;
const isDuration = ({ path, schema }: BodyField): boolean =>
  schema.type === 'string' && /duration|interval|_for$|window|timeout/.test(path.at(-1) ?? '');

const INJECTIONS = [
  "' OR 1=1--",
  "'; DROP TABLE rules;--",
  'sleep(5)',
  '{"$gt":""}',
  '*)(uid=*',
  "' or '1'='1",
  '; id',
  '$(id)',
  '`id`',
  '| cat /etc/passwd',
  '%n%s%x',
  '../../etc/passwd',
  '${jndi:ldap://x}',
];

/** Values of text fields: too long, with control characters, no times, no durations, injections. */
export const textFieldRows: readonly HostileRow[] = [
  {
    id: 'B15',
    summary: 'texts longer than their field',
    *cases(scene) {
      yield* eachField(scene, function* ({ schema }, put, endpoint) {
        if (!isText(schema)) return;
        const limit = schema.maxLength ?? (schema.pattern ? 300 : undefined);
        if (limit === undefined) return;
        yield ['one character more', put(JSON.stringify('x'.repeat(limit + 1)))];
        if (limit < 300_000) yield ['300 KB', put(JSON.stringify('y'.repeat(300_000)))];
        const wide = put(JSON.stringify('😀'.repeat(limit + 1)));
        const isTooLarge = Buffer.byteLength(wide) > endpoint.largestBody;
        yield ['long in bytes and units', wide, isTooLarge ? refused(413) : undefined];
      });
    },
  },
  {
    id: 'B17',
    summary: 'control characters in texts and names',
    *cases(scene) {
      yield* eachField(scene, function* ({ schema }, put) {
        if (isText(schema))
          for (const control of ['\\u0000', '\\u0001', '\\u0008', '\\u000b', '\\u001b[31m', '\\u007f'])
            yield [control, put(`"a${control}b"`)];
        if (schema.type === 'object' && schema.properties === undefined) {
          yield ['in a value', put('{"a":"b\\u0000"}')];
          yield ['in a name', put('{"a\\u0000":"b"}')];
        }
      });
    },
  },
  {
    id: 'B23',
    summary: 'times that are none',
    *cases(scene) {
      yield* eachField(scene, function* ({ path, schema }, put, { success }) {
        if (!isTime(schema)) return;
        // An end in the past is a mistake; other moments may be long ago.
        for (const text of ['0001-01-01T00:00:00Z', '1969-12-31T23:59:59Z'])
          yield path.at(-1) === 'expires_at'
            ? [text, put(JSON.stringify(text))]
            : [text, put(JSON.stringify(text)), { status: [...success, 400, 404, 409] }];
        for (const text of [
          '2099-02-30T00:00:00Z',
          '2099-13-01T00:00:00Z',
          '2099-01-01T25:00:00Z',
          '2099-01-01T00:60:00Z',
          '2099-01-01T00:00:00',
          '2099-01-01T00:00:00+25:00',
          '2099-01-01T00:00:00.123456789Z',
          '2099-01-01',
          '99999-01-01T00:00:00Z',
          'now',
          '',
        ])
          yield [text, put(JSON.stringify(text))];
        yield ['epoch', put('4102444800')];
      });
    },
  },
  {
    id: 'B25',
    summary: 'durations that are none',
    *cases(scene) {
      yield* eachField(scene, function* (field, put) {
        if (!isDuration(field)) return;
        for (const text of [
          '5',
          '-5m',
          '5 m',
          'm',
          '5x',
          '1m5h1m',
          ' 5m',
          '5m ',
          '1e3s',
          '٥m',
          '9'.repeat(40) + 'h',
          '999999999999h',
        ])
          yield [text, put(JSON.stringify(text))];
      });
    },
  },
  {
    id: 'B30',
    summary: 'injections as texts: refused or kept as text',
    *cases(scene) {
      yield* eachField(scene, function* ({ schema }, put, { success }) {
        if (!isText(schema)) return;
        // A status of success means that it was stored as text; what cannot be found is said to be absent.
        for (const text of INJECTIONS)
          yield [text, put(JSON.stringify(text)), { status: [...success, 400, 404, 409], mayEcho: true }];
        yield ['an object', put('{"id":{"x":1}}')];
        yield ['an operator', put('{"$gt":""}')];
        yield ['a list', put('["a"]')];
      });
    },
  },
];
