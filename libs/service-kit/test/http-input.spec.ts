import { send } from './raw-http';
import { bearer, expectProblem, ThingsStand } from './things-stand';

const stand = new ThingsStand();
beforeAll(() => stand.start());
afterAll(() => stand.close());

describe('a JSON body', () => {
  const valid = '{"name":"a","labels":{"b":"c"},"parts":[1]}';

  it('is taken in UTF-8, with or without saying so, and knows its request', async () => {
    for (const type of ['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"']) {
      const answer = await stand.post('{"name":"größer 😀"}', { 'content-type': type, 'x-correlation-id': 'ticket-1' });
      expect([answer.status, answer.json]).toEqual([201, { thing: { name: 'größer 😀' }, correlation_id: 'ticket-1' }]);
    }
  });

  it.each([
    ['text/plain', { 'content-type': 'text/plain' }],
    ['XML', { 'content-type': 'application/xml' }],
    ['multipart', { 'content-type': 'multipart/form-data; boundary=x' }],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['another JSON type', { 'content-type': 'application/problem+json' }],
    ['UTF-16', { 'content-type': 'application/json; charset=utf-16' }],
    ['Latin-1', { 'content-type': 'application/json; charset=iso-8859-1' }],
    ['two charsets', { 'content-type': 'application/json; charset=utf-8; charset=utf-16' }],
    ['gzip', { 'content-encoding': 'gzip' }],
    ['deflate', { 'content-encoding': 'deflate' }],
    ['a chain of encodings', { 'content-encoding': 'identity, gzip' }],
  ])('is refused with 415 when it says that it is %s', async (_what, headers) => {
    expectProblem(await stand.post(valid, headers), 415);
  });

  it('is refused with 415 when it does not say what it is', async () => {
    expectProblem(await send(`${stand.url}/things`, { method: 'POST', body: valid, headers: bearer('viewer') }), 415);
  });

  it('is refused with 400 wherever it is cut off', async () => {
    for (let end = 1; end < valid.length; end += 1) expectProblem(await stand.post(valid.slice(0, end)), 400);
  });

  it.each([
    '{"name":"a",}',
    '{"name":"a"}}',
    '{"name":"a"}{}',
    "{'name':'a'}",
    '{name:"a"}',
    '{"name":NaN}',
    '{"name":Infinity}',
    '{"name":undefined}',
    '{"size":01}',
    '{"size":0x1}',
    '{"size":+1}',
    '{"size":.5}',
    '{"name":"a" /* c */}',
    '// c\n{}',
    '\ufeff{"name":"a"}',
    '{"name":"a\nb"}',
    '{"name":"\\x41"}',
    '{"name":"a";}',
    '[',
    'nul',
    'True',
    '{"name":"a"} x',
    '{"a":1 "b":2}',
  ])('is refused with 400 when it is malformed: %j', async (body) => {
    const answer = await stand.post(body);
    expectProblem(answer, 400);
    expect(answer.json['errors']).toEqual([expect.objectContaining({ code: 'malformed_json' })]);
  });

  it('is refused with 400 when it is empty', async () => {
    expectProblem(await stand.post(''), 400);
    expectProblem(await stand.post(undefined), 400);
    expectProblem(await stand.post(' \n'), 400);
  });

  it.each(['[]', '[{"name":"a"}]', '"name"', '5', 'true', 'null'])(
    'is refused with 400 when it is no object: %s',
    async (body) => {
      expectProblem(await stand.post(body), 400);
    },
  );

  it.each([
    [
      'bytes that are no UTF-8',
      Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]),
      'not_utf8',
    ],
    ['UTF-16 in spite of its type', Buffer.from('{"name":"a"}', 'utf16le'), 'malformed_json'],
    ['a lone surrogate as value', '{"name":"\\ud800"}', 'not_unicode'],
    ['a lone surrogate as key', '{"name":"a","labels":{"\\udc00":"b"}}', 'not_unicode'],
    ['a number beyond all', '{"name":"a","size":1e999}', 'number_range'],
    ['the key __proto__', '{"name":"a","__proto__":{"polluted":"yes"}}', 'reserved_key'],
    ['the key __proto__ deep down', '{"name":"a","parts":[{"__proto__":{"polluted":"yes"}}]}', 'reserved_key'],
    ['the key constructor', '{"name":"a","constructor":{"prototype":{"polluted":"yes"}}}', 'reserved_key'],
    ['a label named constructor', '{"name":"a","labels":{"constructor":"x","b":"c"}}', 'reserved_key'],
    ['the key hasOwnProperty', '{"name":"a","hasOwnProperty":1}', 'reserved_key'],
  ])('is refused with 400 for %s', async (_what, body, code) => {
    const answer = await stand.post(body);
    expectProblem(answer, 400);
    expect(answer.json['errors']).toEqual(expect.arrayContaining([expect.objectContaining({ code })]));
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it.each([
    ['{"name":"a","name":"b"}', '/name'],
    ['{"name":"a","n\\u0061me":"b"}', '/name'],
    ['{"name":"a","labels":{"b":"c","d":"e","b":"c"}}', '/labels/b'],
    ['{"name":"a","parts":[{},{"x":{"y":1,"y":1}}]}', '/parts/1/x/y'],
    ['{"a/b":1,"a/b":1}', '/a~1b'],
    ['{"":1,"":1}', '/'],
  ])('is refused with 400 and a pointer for a name that stands twice in one object: %s', async (body, pointer) => {
    const answer = await stand.post(body);
    expectProblem(answer, 400);
    expect(answer.json['errors']).toEqual([expect.objectContaining({ pointer, code: 'repeated_key' })]);
  });

  it('may have a name in several objects, and names that look like each other in texts', async () => {
    const body =
      '{"name":"\\"name\\":1,","parts":[{"x":"{\\"x\\":1,\\"x\\":2}"},{"x":"\\\\"},{"x":["x","x"]}],"labels":{"name":"x"}}';
    expect((await stand.post(body)).status).toBe(201);
  });

  it.each([
    ['{"name":"a\\u0000"}', '/name'],
    ['{"name":"\\u001b[31mred"}', '/name'],
    ['{"name":"a","labels":{"b":"\\u007f"}}', '/labels/b'],
    ['{"name":"a","parts":["ok",["\\u0001"]]}', '/parts/1/0'],
    ['{"name":"a","x\\ny":1}', '/x\\u000ay'],
  ])('is refused with 400 and a pointer for a control character: %s', async (body, pointer) => {
    const answer = await stand.post(body);
    expectProblem(answer, 400);
    expect(answer.json['errors']).toEqual([expect.objectContaining({ pointer, code: 'control_character' })]);
    expect(answer.json['detail']).not.toMatch(/\p{Cc}/u);
  });

  it('may have tabs and line ends in its texts', async () => {
    expect((await stand.post('{"name":"a","labels":{"b":"c\\n\\td\\r\\n"}}')).status).toBe(201);
  });

  it.each([
    ['a lone surrogate', '{"name":"a","labels":{"b":"\\ud800"}}', '/labels/b'],
    ['a number beyond all', '{"name":"a","parts":[1,1e999]}', '/parts/1'],
    ['__proto__', '{"name":"a","labels":{"__proto__":"b"}}', '/labels/__proto__'],
  ])('is refused with a pointer to %s', async (_what, body, pointer) => {
    expect((await stand.post(body)).json['errors']).toEqual([expect.objectContaining({ pointer })]);
  });

  it('may nest 16 levels, and no deeper', async () => {
    const nested = (levels: number): string =>
      `{"name":"a","parts":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
    expect((await stand.post(nested(16))).status).toBe(201);
    for (const levels of [17, 1_000, 50_000]) {
      const answer = await stand.post(nested(levels));
      expectProblem(answer, 400);
      expect(answer.json['errors']).toEqual([expect.objectContaining({ code: 'too_deep' })]);
    }
  });

  it('may have 1 MiB, and not one byte more, whether its length is told or not', async () => {
    const sized = (bytes: number): string => `{"name":"${'x'.repeat(bytes - 11)}"}`;
    expect((await stand.post(sized(1_048_576))).status).toBe(201);
    expectProblem(await stand.post(sized(1_048_577)), 413);
    const chunked = send(`${stand.url}/things`, {
      method: 'POST',
      body: sized(1_048_577),
      headers: { ...bearer('viewer'), 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
    });
    expectProblem(await chunked, 413);
  });

  it('is refused with 400 and a pointer for each field that is unknown, missing or of another type', async () => {
    const answer = await stand.post('{"size":"5","colour":"red","labels":{"a-b":"c"}}');
    expectProblem(answer, 400);
    const problems = answer.json['errors'] as { pointer: string; code: string }[];
    expect(problems.map(({ pointer }) => pointer).sort()).toEqual(['/colour', '/labels', '/name', '/size']);
    expect(problems.find(({ pointer }) => pointer === '/colour')?.code).toBe('unknown_field');
  });
});

describe('a query', () => {
  it('is parsed as declared', async () => {
    expect((await stand.get('/things?limit=5&cursor=abc', 'viewer')).json).toEqual({ limit: 5, cursor: 'abc' });
  });

  it.each([
    ['limit=5&limit=6', '/limit'],
    ['cursor=a&cursor=b', '/cursor'],
    ['limit=0', '/limit'],
    ['limit=-1', '/limit'],
    ['limit=501', '/limit'],
    ['limit=1e9', '/limit'],
    ['limit=5.5', '/limit'],
    ['limit=', '/limit'],
    ['colour=red', '/colour'],
    ['__proto__=x', '/__proto__'],
    ['constructor=x', '/constructor'],
    ['cursor[a]=b', '/cursor[a]'],
    ['cursor=%00', '/cursor'],
    ['cursor=a%0d%0aSet-Cookie:b', '/cursor'],
    ['%00=1', '/\\u0000'],
  ])('is refused with 400 and a pointer: %s', async (query, pointer) => {
    const answer = await stand.get(`/things?${query}`, 'viewer');
    expectProblem(answer, 400);
    expect(answer.json['errors']).toEqual(expect.arrayContaining([expect.objectContaining({ pointer })]));
  });
});
