import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { grammarOf } from '../promql/grammar';
import { validateRuleText } from '../validate/validate';
import { LIVE_CHECKS } from './checks';

const PAGES = join(__dirname, '../../../../../docs/rules/checks');
/** What these find is on a cluster, or refused at save. */
const ELSEWHERE = new Set([...LIVE_CHECKS.map(({ name }) => name), 'template-beyond-alert']);
const EXAMPLE = /^(Found|Better)[^\n]*\n\n```yaml\n([\s\S]*?)```/gm;

type Part = Record<string, unknown>;

/** A page shows a rule file, groups, rules, or the part of a rule that matters. */
function ruleFileOf(example: string): string {
  const shown = parse(example) as Part | Part[];
  if (!Array.isArray(shown) && 'groups' in shown) return example;
  const parts = Array.isArray(shown) ? shown : [shown];
  if (parts.every((part) => 'rules' in part))
    return stringify({ groups: parts.map((part) => ({ name: 'shown', ...part })) });
  const rules = parts.map((part) => ({ ...('record' in part ? {} : { alert: 'Shown' }), expr: 'up == 0', ...part }));
  return stringify({ groups: [{ name: 'shown', rules }] });
}

const pages = readdirSync(PAGES)
  .map((file) => file.replace('.md', ''))
  .filter((name) => !ELSEWHERE.has(name));

describe.each(pages)('the page of the check %s', (name) => {
  const examples = [...readFileSync(join(PAGES, `${name}.md`), 'utf8').matchAll(EXAMPLE)];

  it('shows what is found, and what is better', () => {
    expect(new Set(examples.map(([, kind]) => kind))).toEqual(new Set(['Found', 'Better']));
  });

  it.each(examples.map(([, kind, example]) => ({ kind, example: example! })))(
    'is right about what it shows as "$kind"',
    ({ kind, example }) => {
      const { valid, problems } = validateRuleText(ruleFileOf(example), {
        grammar: grammarOf('2.42.0')!,
        lint: { severities: {} },
      });
      expect({ valid, found: problems.some(({ check }) => check === name) }).toEqual({
        valid: true,
        found: kind === 'Found',
      });
    },
  );
});
