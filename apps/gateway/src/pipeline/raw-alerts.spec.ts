import { rawAlerts } from './raw-alerts';

describe('the raw texts of alerts', () => {
  it.each([
    ['{"alerts":[]}', []],
    ['{"alerts":[{"a":1},{"b":"]"}]}', ['{"a":1}', '{"b":"]"}']],
    [
      ' { "x" : [ { } , "}" ] , "alerts" : [ 1.0 , "a\\"b,]" , null , [ ] ] , "y" : "alerts" } ',
      ['1.0', '"a\\"b,]"', 'null', '[ ]'],
    ],
    ['{"alerts":[1],"alerts":[2]}', ['2']],
    ['{"\\u0061lerts":[{"é":"\\\\"}]}', ['{"é":"\\\\"}']],
    ['{"alerts":"none"}', []],
    ['{"status":"firing","version":"4"}', []],
  ])('are cut out of %s as they are', (body, expected) => {
    expect(rawAlerts(body)).toEqual(expected);
  });

  it('are found at any depth of nesting', () => {
    const deep = '['.repeat(50_000) + ']'.repeat(50_000);
    expect(rawAlerts(`{"alerts":[${deep},{"b":2}]}`)).toEqual([deep, '{"b":2}']);
  });
});
