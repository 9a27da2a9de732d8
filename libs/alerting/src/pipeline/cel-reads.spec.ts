import { createRequire } from 'node:module';
import fc from 'fast-check';
import { compileCondition, holds } from './cel';

interface Cel {
  Environment: new () => {
    registerVariable(name: string, type: string): InstanceType<Cel['Environment']>;
    parse(text: string): (values: Record<string, unknown>) => unknown;
  };
}

const plain = (): InstanceType<Cel['Environment']> => {
  const { Environment } = createRequire(__filename)('@marcbachmann/cel-js') as Cel;
  return ['labels', 'annotations'].reduce(
    (environment, name) => environment.registerVariable(name, 'map<string, string>'),
    new Environment(),
  );
};

const leaf = fc.constantFrom(
  "labels.a == 'x'",
  "labels['b'] != 'x'",
  "annotations.a == 'y'",
  "labels.a in ['x', 'y']",
  "'a' in labels",
  'has(labels.b)',
  "labels.b.startsWith('x')",
  "!(labels.a == 'x')",
  'true',
);
const expression = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.tuple(tie('node'), fc.constantFrom('&&', '||'), tie('node')).map(([a, op, b]) => `(${a} ${op} ${b})`),
    tie('node').map((a) => `!(${a})`),
    fc.tuple(tie('node'), tie('node'), tie('node')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
  ),
})).node;
const map = fc.record({ a: fc.constantFrom('x', 'y'), b: fc.constantFrom('x', 'z') }, { requiredKeys: [] });

describe('a condition', () => {
  it('is decided as by evaluating it, although labels that are missing are looked for first', () => {
    const environment = plain();
    fc.assert(
      fc.property(expression, map, map, (text, labels, annotations) => {
        const values = { labels, annotations, name: '', severity: '', cluster: '' };
        expect({ text, labels, is: holds(compileCondition(text), values) }).toEqual({
          text,
          labels,
          is: holds(environment.parse(text), { labels, annotations }),
        });
      }),
      { numRuns: 1000 },
    );
  }, 60_000);

  it.each(['__proto__', 'constructor', 'toString'])('does not take %s for a label that is there', (name) => {
    const values = { labels: {}, annotations: {}, name: '', severity: '', cluster: '' };
    expect(holds(compileCondition(`labels['${name}'] != 'x'`), values)).toBe(false);
  });
});
