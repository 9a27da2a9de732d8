import { verdictOf } from './verdict';

const expected = { file: '/tmp/alertagent-check-x/file.yml', rules: 2 };

describe('reading what a tool says', () => {
  it('accepts a rule file in which promtool found every rule', () => {
    expect(
      verdictOf('promtool', { code: 0, output: `Checking ${expected.file}\n  SUCCESS: 2 rules found\n` }, expected),
    ).toEqual({ kind: 'accepted' });
    expect(verdictOf('promtool', { code: 0, output: '  SUCCESS: 0 rules found' }, { ...expected, rules: 0 })).toEqual({
      kind: 'accepted',
    });
  });

  it('refuses a rule file of which promtool ignored a part, although it calls that a success', () => {
    expect(verdictOf('promtool', { code: 0, output: 'SUCCESS: 1 rules found' }, expected)).toEqual({
      kind: 'refused',
      reason: 'promtool found 1 rules in the file instead of 2',
    });
    expect(verdictOf('promtool', { code: 0, output: '' }, expected)).toMatchObject({ kind: 'refused' });
  });

  it('gives the reason in the words of the tool, without our paths', () => {
    const output = `Checking ${expected.file}\n  FAILED:\n${expected.file}: 3:5: group "g", rule 1, "Bad": parse error\n`;
    expect(verdictOf('promtool', { code: 1, output }, expected)).toEqual({
      kind: 'refused',
      reason: 'promtool refuses the file: file: 3:5: group "g", rule 1, "Bad": parse error',
    });
  });

  it('never gives an unbounded reason', () => {
    const verdict = verdictOf('amtool', { code: 1, output: 'x'.repeat(100_000) }, expected);
    expect(verdict.kind === 'refused' && verdict.reason.length).toBeLessThan(1_100);
  });

  it('takes the word of amtool', () => {
    expect(verdictOf('amtool', { code: 0, output: 'SUCCESS' }, { ...expected, rules: 0 })).toEqual({
      kind: 'accepted',
    });
  });
});
