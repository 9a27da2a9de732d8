import { Type } from 'class-transformer';
import { IsArray, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { defineEvent, eventSubject, parsePayload, type ParseOptions } from './contract';
import { ServiceError, type FieldProblem } from './errors';
import { IsStringMap, IsTargetList } from './validators';

class Part {
  @IsString() name!: string;
  @IsInt() size!: number;
}

class Parcel {
  @IsString() id!: string;
  @IsOptional() @IsStringMap() labels?: Record<string, string>;
  @IsOptional() @IsTargetList() targets?: unknown[];
  @IsOptional() @ValidateNested() @Type(() => Part) main?: Part | null;
  @IsArray() @ValidateNested({ each: true }) @Type(() => Part) parts!: Part[];
}

class Shipment {
  @ValidateNested() @Type(() => Part) load!: Part;
  @IsOptional() @IsInt() weight?: number;
}

const refuse: ParseOptions = { unknownFields: 'refuse' };
const parcel = (more: object = {}): object => ({ id: 'p1', parts: [], ...more });
/** As it comes off the wire: here `__proto__` is a key like any other. */
const wire = (json: string): unknown => JSON.parse(json);

function problemsOf(plain: unknown, options?: ParseOptions): FieldProblem[] {
  try {
    parsePayload(Parcel, plain, options);
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'invalid') return error.errors;
    throw error;
  }
  return [];
}

describe('parsePayload', () => {
  it('makes instances of the payload classes, nested ones and those in lists included', () => {
    const value = parsePayload(Parcel, parcel({ main: { name: 'a', size: 1 }, parts: [{ name: 'b', size: 2 }] }));
    expect(value).toBeInstanceOf(Parcel);
    expect(value.main).toBeInstanceOf(Part);
    expect(value.parts[0]).toBeInstanceOf(Part);
  });

  it('drops unknown fields between services, so that a newer producer does not break an older consumer', () => {
    const value = parsePayload(Parcel, parcel({ novel: 1, main: { name: 'a', size: 1, novel: 2 } }));
    expect(JSON.parse(JSON.stringify(value))).toEqual({ id: 'p1', parts: [], main: { name: 'a', size: 1 } });
  });

  it('refuses unknown fields at the edge and points at each, however deep', () => {
    const plain = parcel({ novel: 1, parts: [{ name: 'b', size: 2, 'od/d~': 2 }] });
    expect(problemsOf(plain, refuse).map(({ pointer, code }) => [pointer, code])).toEqual([
      ['/novel', 'unknown_field'],
      ['/parts/0/od~1d~0', 'unknown_field'],
    ]);
  });

  it.each([
    ['a number for text', { id: 5 }, '/id'],
    ['null for text', { id: null }, '/id'],
    ['an object for text', { id: { $gt: '' } }, '/id'],
    ['text for a whole number', { main: { name: 'a', size: '5' } }, '/main/size'],
    ['a fraction for a whole number', { main: { name: 'a', size: 1.5 } }, '/main/size'],
    ['an object for a list', { parts: {} }, '/parts'],
    ['a scalar in a list of objects', { parts: [3] }, '/parts'],
    ['a missing field deep down', { parts: [{ name: 'a', size: 1 }, { name: 'b' }] }, '/parts/1/size'],
    ['a list for an object', { main: [] }, '/main'],
  ])('refuses %s and converts nothing', (_name, more, pointer) => {
    const pointers = problemsOf(parcel(more)).map((problem) => problem.pointer);
    expect(pointers.some((given) => given.startsWith(pointer))).toBe(true);
  });

  it.each([[null], [[]], [[{ id: 'p1' }]], ['text'], [5], [true], [undefined]])('refuses %p as a body', (plain) => {
    expect(problemsOf(plain)).toEqual([expect.objectContaining({ pointer: '', code: 'not_an_object' })]);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'isPrototypeOf', '__defineGetter__'])(
    'refuses the field %s at the edge and drops it between services',
    (name) => {
      const plain = wire(`{"id":"p1","parts":[{"name":"a","size":1,"${name}":{"x":1}}],"${name}":{"polluted":"yes"}}`);
      const pointers = problemsOf(plain, refuse).map(({ pointer }) => pointer);
      expect(pointers).toEqual(expect.arrayContaining([`/${name}`, `/parts/0/${name}`]));
      const value = parsePayload(Parcel, plain);
      expect(JSON.parse(JSON.stringify(value))).toEqual({ id: 'p1', parts: [{ name: 'a', size: 1 }] });
      expect(value).toBeInstanceOf(Parcel);
    },
  );

  it('never lets a payload change the objects of others', () => {
    const attack = '{"polluted":"yes","prototype":{"polluted":"yes"}}';
    parsePayload(
      Parcel,
      wire(`{"id":"p1","parts":[],"__proto__":${attack},"constructor":${attack},"labels":{"a":"b"}}`),
    );
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect((new Parcel() as unknown as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('keeps labels as they were received, names of object methods included', () => {
    const labels = '{"constructor":"acme","toString":"x","__proto__":"y","zone":"a"}';
    const value = parsePayload(Parcel, wire(`{"id":"p1","parts":[],"labels":${labels}}`));
    expect(JSON.stringify(value.labels)).toBe(labels);
  });

  it('does not widen a selector by leaving one of its conditions out', () => {
    const plain = wire(
      '{"id":"p1","parts":[],"targets":[{"labels":{"constructor":"acme","environment":"production"}}]}',
    );
    expect(problemsOf(plain).map(({ pointer }) => pointer)).toEqual(['/targets']);
    expect(problemsOf(plain, refuse).map(({ code }) => code)).toContain('reserved_key');
  });

  it('echoes at most 100 characters of what it was given', () => {
    const [problem] = problemsOf(parcel({ ['x'.repeat(10_000)]: 1 }), refuse);
    expect(problem?.code).toBe('unknown_field');
    expect(JSON.stringify(problem)).not.toContain('x'.repeat(101));
  });

  it.each([
    ['a required object that is not there', '{}', '/load', 'required'],
    ['a required object that is null', '{"load":null}', '/load', expect.any(String)],
    ['an integer that is not exact', '{"load":{"name":"a","size":9007199254740993}}', '/load/size', 'number_range'],
    ['an integer beyond all', '{"load":{"name":"a","size":1},"weight":1e30}', '/weight', 'number_range'],
  ])('refuses %s at the edge', (_what, json, pointer, code) => {
    expect(() => parsePayload(Shipment, wire(json), refuse)).toThrow(
      expect.objectContaining({ errors: [expect.objectContaining({ pointer, code })] }) as Error,
    );
  });

  it('lists at most 100 problems', () => {
    expect(problemsOf(parcel({ parts: Array.from({ length: 500 }, () => ({})) }))).toHaveLength(100);
  });

  it('calls a payload that nests without end invalid instead of failing', () => {
    const depth = 100_000;
    const plain = wire(`{"id":"p1","parts":[],"deep":${'['.repeat(depth)}${']'.repeat(depth)}}`);
    expect(problemsOf(plain).map(({ code }) => code)).toEqual(['too_deep']);
    expect(problemsOf(plain, refuse).map(({ code }) => code)).toEqual(['too_deep']);
  });
});

describe('eventSubject', () => {
  const sent = defineEvent({ owner: 'rules', subject: 'alertagent.rules.v1.parcel-sent', payload: Parcel, key: 'id' });
  const withKey = (id: unknown): Parcel => Object.assign(new Parcel(), { id, parts: [] });

  it('appends the value of the key', () => {
    expect(eventSubject(sent, withKey('0198-a_B'))).toBe('alertagent.rules.v1.parcel-sent.0198-a_B');
  });

  it.each(['', '*', '>', 'a.b', 'a b', 'a\r\nPUB x', 'ü', 'x'.repeat(65), undefined, { toString: () => '>' }])(
    'refuses %p as a key, because it would change the subject',
    (key) => {
      expect(() => eventSubject(sent, withKey(key))).toThrow(ServiceError);
    },
  );
});
