import fc from 'fast-check';
import { parse } from 'yaml';
import { RenderError, renderYaml } from './rendered-file';

const TRICKY = [
  'no', 'Yes', 'on', '1e3', '0x1F', '1_000', '010', '~', 'null', '=', '<<', '.inf', '2001-01-01', '', ' ', 'a: b', 'x # y',
  "it's", '"', '\\', '---', '&a', '*a', '!!js/function x', '%YAML', '{{ x }}', 'a\nb', 'a\r\nb', '\t', 'a\u0085b',
  '\u2028', '\u2029', '\ufeff', '\u0000', '\u001b', '\u007f', '\u00a0', '\uffff', '高😀', 'x'.repeat(300) + ' y',
]; // prettier-ignore

it.each(TRICKY)('the text %j reads back exactly, as value and as key, in YAML 1.1 and 1.2', (text) => {
  const value = { groups: [{ name: text, labels: { [text || 'k']: text } }] };
  const { content } = renderYaml(value);
  for (const version of ['1.1', '1.2'] as const) expect(parse(content, { version })).toEqual(value);
});

it('no file holds a character that go-yaml refuses or takes for a line end', () => {
  const { content } = renderYaml({ text: TRICKY.join('') });
  expect(content).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]/);
});

it('any text reads back exactly', () => {
  const text = fc.string({ unit: 'binary' }).filter((value) => value.isWellFormed());
  fc.assert(
    fc.property(fc.dictionary(text, text), (labels) => {
      const value = { labels: { ...labels } };
      expect(parse(renderYaml(value).content, { version: '1.1' })).toEqual(value);
    }),
  );
});

it('half of a surrogate pair is refused with the place where it stands', () => {
  expect(() => renderYaml({ labels: { a: '\ud800' } })).toThrow(RenderError);
  expect(() => renderYaml({ labels: { a: '\ud800' } })).toThrow('/labels/a');
});
