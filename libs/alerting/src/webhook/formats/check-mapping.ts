import { excerpt, pointerTo, type FieldProblem } from '../../problems';
import { isObject } from '../webhook-payload';
import { TIME_FORMATS, type FieldMapping } from './field-mapping';
import { parsePath } from './value-path';

const MOST_FIELDS = 64;
const MOST_VALUES = 200;
const LONGEST_TEXT = 4096;

/** What is expected at one place of a mapping. */
type Check = (value: unknown, at: readonly string[]) => FieldProblem[];

const problem = (at: readonly string[], code: string, detail: string): FieldProblem[] => [
  { pointer: pointerTo(...at.map(excerpt)), code, detail },
];

const text: Check = (value, at) =>
  typeof value === 'string' && value.length <= LONGEST_TEXT && value.isWellFormed()
    ? []
    : problem(at, 'not_text', `expected a text of at most ${LONGEST_TEXT} characters`);

const flag: Check = (value, at) =>
  typeof value === 'boolean' ? [] : problem(at, 'not_boolean', 'expected true or false');

const path: Check = (value, at) =>
  typeof value === 'string' && parsePath(value) !== null
    ? []
    : problem(
        at,
        'bad_path',
        'expected a JSON pointer such as /event/title, or a dotted path such as event.title or tags[0]',
      );

const itemPath: Check = (value, at) => {
  const problems = path(value, at);
  if (problems.length > 0 || parsePath(String(value))?.fromRoot !== true) return problems;
  return problem(at, 'bad_path', 'the list is looked for from the root anyway; leave $root out');
};

const timeFormat: Check = (value, at) =>
  TIME_FORMATS.some((format) => format === value)
    ? []
    : problem(at, 'bad_format', `expected one of ${TIME_FORMATS.join(', ')}`);

function listOf(item: Check, least: number): Check {
  return (value, at) => {
    if (!Array.isArray(value) || value.length < least || value.length > MOST_VALUES) {
      return problem(at, 'not_a_list', `expected a list of ${least} to ${MOST_VALUES} values`);
    }
    return value.flatMap((one, index) => item(one, [...at, String(index)]));
  };
}

function mapOf(item: Check, most: number): Check {
  return (value, at) => {
    if (!isObject(value)) return problem(at, 'not_an_object', 'expected an object');
    const names = Object.keys(value);
    if (names.length > most) return problem(at, 'too_many', `at most ${most} entries are taken`);
    return names.flatMap((name) =>
      name === '' ? problem([...at, name], 'bad_name', 'a name must not be empty') : item(value[name], [...at, name]),
    );
  };
}

function objectOf(required: Record<string, Check>, optional: Record<string, Check>): Check {
  const known: Record<string, Check | undefined> = { __proto__: null, ...required, ...optional } as never;
  return (value, at) => {
    if (!isObject(value)) return problem(at, 'not_an_object', 'expected an object');
    const missing = Object.keys(required).filter((name) => value[name] === undefined);
    return [
      ...missing.flatMap((name) => problem([...at, name], 'required', `${name} is missing`)),
      ...Object.keys(value).flatMap((name) => {
        const check = known[name];
        if (check === undefined) return problem([...at, name], 'unknown_field', 'this field is not known here');
        return value[name] === undefined ? [] : check(value[name], [...at, name]);
      }),
    ];
  };
}

const fieldShape = objectOf({}, { path, value: text, map: mapOf(text, MOST_VALUES), default: text, required: flag });

const field: Check = (value, at) => {
  const problems = fieldShape(value, at);
  if (problems.length > 0 || !isObject(value)) return problems;
  const { path: from, value: constant, ...rest } = value;
  if ((from === undefined) === (constant === undefined)) {
    return problem(at, 'path_or_value', 'give either a path or a value');
  }
  if (from === undefined && Object.keys(rest).length > 0) {
    return problem(at, 'path_or_value', 'a value that is always the same takes no map, default or required');
  }
  return [];
};

const pairs = listOf(objectOf({ path }, { prefix: text, only: listOf(text, 1) }), 0);
const time = objectOf({ path, format: timeFormat }, {});
const fields = mapOf(field, MOST_FIELDS);

const mappingShape = objectOf(
  { labels: fields },
  {
    list: itemPath,
    status: objectOf({ path, resolved: listOf(text, 1) }, { firing: listOf(text, 1) }),
    label_pairs: pairs,
    annotations: fields,
    annotation_pairs: pairs,
    starts_at: time,
    ends_at: time,
    generator_url: field,
  },
);

/** Checks a mapping as somebody wrote it: the mapping, or everything that is wrong with it. Pointers begin at the mapping. */
export function checkMapping(value: unknown): { mapping: FieldMapping } | { problems: FieldProblem[] } {
  const problems = mappingShape(value, []);
  if (problems.length > 0) return { problems };
  const mapping = value as FieldMapping;
  if (Object.hasOwn(mapping.labels, 'alertname')) return { mapping };
  const detail = 'every alert needs a name: map the label alertname, or give it a value';
  return { problems: [{ pointer: '/labels/alertname', code: 'required', detail }] };
}
