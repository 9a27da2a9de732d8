import fc from 'fast-check';
import { parseAnalysisText } from './analysis-text';

const good = { root_cause: 'disk is full', severity_score: 0.7, confidence: 0.9, suggested_actions: ['clean /tmp'] };
const json = JSON.stringify(good);

it.each([
  ['alone', json],
  ['in a fence', '```json\n' + json + '\n```'],
  ['amid prose', `Here is {my} analysis:\n${json}\nGood luck!`],
  ['after thinking', `<think>maybe {"root_cause": "wrong", "confidence": 1}</think>${json}`],
  ['after another object', `{"note": "}"} ${json}`],
])('an analysis is found %s', (_, text) => {
  expect(parseAnalysisText(text)).toMatchObject(good);
});

it.each([
  ['NaN', null],
  ['-Infinity', null],
  ['8.5', null],
  ['-0.1', null],
  ['"85%"', null],
  ['"0.7"', 0.7],
  ['[0.7]', null],
  ['true', null],
  ['""', null],
])('a severity score of %s is read as %p', (written, expected) => {
  expect(parseAnalysisText(`{"root_cause": "NaN happens", "severity_score": ${written}}`)).toMatchObject({
    root_cause: 'NaN happens',
    severity_score: expected,
    confidence: null,
  });
});

it('values of wrong types are dropped and the rest is kept', () => {
  const text = JSON.stringify({
    root_cause: 'x',
    suggested_actions: ['a', 5, null, '', { b: 1 }],
    similar_incidents: [{ incident_id: 'i', similarity: 0.5 }, { incident_id: 5 }, 'x'],
    recommended_team: 7,
  });
  expect(parseAnalysisText(text)).toMatchObject({
    suggested_actions: ['a'],
    similar_incidents: [{ incident_id: 'i', similarity: 0.5, resolution: null }],
    recommended_team: null,
  });
});

it.each(['', '   ', 'I cannot help.', '[]', '{}', '{"root_cause": 5}', '<think>' + json, '{"root_cause": "x"', 'null'])(
  '%j holds no analysis',
  (text) => {
    expect(parseAnalysisText(text)).toHaveProperty('error');
  },
);

it('more than 64 KiB is refused, and within it no text takes long or fails', () => {
  expect(parseAnalysisText('{"root_cause": "' + 'x'.repeat(70_000) + '"}')).toHaveProperty('error');
  for (const part of ['{', '{"', '<think>', '"\\', '{}', '```']) {
    expect(parseAnalysisText(part.repeat(Math.floor(60_000 / part.length)))).toHaveProperty('error');
  }
});

it('an analysis cannot set anything on other objects', () => {
  parseAnalysisText('{"__proto__": {"polluted": 1}, "root_cause": "x"}');
  expect('polluted' in {}).toBe(false);
});

it('any text gives an analysis or an error', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const result = parseAnalysisText(text);
      expect('error' in result || 'root_cause' in result).toBe(true);
    }),
  );
});
