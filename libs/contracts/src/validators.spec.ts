import { IsArray } from 'class-validator';
import { parsePayload } from './contract';
import { IsCleanText, IsLabelMap, isLabelMap, IsStringMap, IsTargetList, IsUtcTime } from './validators';

class Labelled {
  @IsLabelMap() value!: unknown;
}
class Mapped {
  @IsStringMap() value!: unknown;
}
class Named {
  @IsCleanText() value!: unknown;
}
class Timed {
  @IsUtcTime() value!: unknown;
}
class Targeted {
  @IsTargetList() @IsArray() value!: unknown;
}

const accepts = (type: new () => object, value: unknown): boolean => {
  try {
    parsePayload(type, { value });
    return true;
  } catch {
    return false;
  }
};
const entries = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`l${index}`, 'v']));

describe('a label map', () => {
  it.each([
    [{}],
    [{ severity: 'critical' }],
    [{ _x9: '' }],
    [{ text: 'two\nlines\tand 😀' }],
    [entries(64)],
    [{ l: 'x'.repeat(4096) }],
  ])('may be %p', (value) => expect(accepts(Labelled, value)).toBe(true));

  it.each([
    ['a name with a dash', { 'a-b': 'v' }],
    ['a name that starts with a digit', { '9a': 'v' }],
    ['an empty name', { '': 'v' }],
    ['a name longer than 200 characters', { ['l'.repeat(201)]: 'v' }],
    ['the name of a method of every object', { toString: 'v' }],
    ['the name constructor', { constructor: 'v' }],
    ['the name __proto__', JSON.parse('{"__proto__":"v"}')],
    ['a number as value', { a: 1 }],
    ['null as value', { a: null }],
    ['an object as value', { a: {} }],
    ['a control character', { a: '\u0000' }],
    ['a lone surrogate', { a: '\ud800' }],
    ['a value of 4,097 characters', { a: 'x'.repeat(4097) }],
    ['65 entries', entries(65)],
    ['a list', []],
    ['null', null],
    ['text', 'a=b'],
  ])('is refused with %s', (_what, value) => expect(accepts(Labelled, value)).toBe(false));

  it('leaves no property of Object.prototype as a usable name', () => {
    for (const name of Object.getOwnPropertyNames(Object.prototype)) {
      expect(isLabelMap(JSON.parse(`{"${name}":"v"}`), 64, 4096)).toBe(false);
    }
  });
});

describe('a map of strings', () => {
  it('takes names Prometheus would refuse', () =>
    expect(accepts(Mapped, { 'a-b.c': 'v', constructor: 'v' })).toBe(true));

  it.each([[{ a: 1 }], [{ a: null }], [{ a: ['v'] }], [[]], [null], ['text']])('refuses %p', (value) =>
    expect(accepts(Mapped, value)).toBe(false),
  );
});

describe('clean text', () => {
  it.each(['HighCPU', 'größer als 5 %', '磁盘', 'a b', '😀'])('may be %p', (value) =>
    expect(accepts(Named, value)).toBe(true),
  );

  it.each(['', ' a', 'a ', 'a\nb', 'a\tb', 'a\u2028b', 'a\u0085b', 'a\u0000', '\ud800', '\u00a0', 5, null, {}, ['a']])(
    'is not %p',
    (value) => expect(accepts(Named, value)).toBe(false),
  );
});

describe('a list of targets', () => {
  it.each([[['c1']], [['c1', { labels: { environment: 'production' } }]]])('may be %j', (value) =>
    expect(accepts(Targeted, value)).toBe(true),
  );

  it.each([
    ['empty', []],
    ['no list', 'c1'],
    ['a blank name', [' c1']],
    ['an empty name', ['']],
    ['a name of 101 characters', ['c'.repeat(101)]],
    ['a number', [5]],
    ['null', [null]],
    ['a selector without labels, which would match every cluster', [{ labels: {} }]],
    ['a selector with an unknown part', [{ labels: { a: 'b' }, all: true }]],
    ['a selector whose labels are a list', [{ labels: [] }]],
    ['a nested list', [['c1']]],
    ['1,001 entries', Array.from({ length: 1001 }, () => 'c')],
  ])('is refused when it is %s', (_what, value) => expect(accepts(Targeted, value)).toBe(false));
});

describe('a UTC time', () => {
  it.each(['2030-01-31T00:00:00Z', '2028-02-29T23:59:59.999Z', '1970-01-01T00:00:00.5Z'])('may be %s', (value) =>
    expect(accepts(Timed, value)).toBe(true),
  );

  it.each([
    '2099-02-30T00:00:00Z',
    '2027-02-29T00:00:00Z',
    '2030-01-01T24:00:00Z',
    '2030-01-01T00:60:00Z',
    '2030-13-01T00:00:00Z',
    '2030-01-01T00:00:00',
    '2030-01-01T00:00:00+01:00',
    '2030-01-01',
    '',
    5,
    null,
  ])('is refused as %p', (value) => expect(accepts(Timed, value)).toBe(false));
});
