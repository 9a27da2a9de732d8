import type { Bench } from '../bench';
import type { Figure } from '../figure';
import { onEachDatabase, ruleFileOf, type RulesStand } from '../rules-stand';

const RULES = 6_000;

/** How long a whole estate of rules takes to be taken in, and to be looked through again. */
export const ruleImport: Bench = {
  name: 'rule-import',
  summary: `${RULES} rules of one file, from the request to the end; then the same file again, on SQLite and on MariaDB`,
  run: (settings) => onEachDatabase(settings, measure),
};

async function measure(stand: RulesStand): Promise<Figure[]> {
  const file = ruleFileOf(RULES);
  stand.say(`${RULES} rules`);
  const first = await stand.import(file);
  stand.say(`${Math.round(first.ms)} ms; the same again`);
  const again = await stand.import(file);
  if (first.view.counts.created !== RULES) throw new Error(`created ${first.view.counts.created} of ${RULES} rules`);
  if (again.view.counts.unchanged !== RULES)
    throw new Error(`a second import left only ${again.view.counts.unchanged} of ${RULES} rules unchanged`);
  return [
    {
      name: `import of ${RULES} rules, ${stand.database}`,
      value: first.ms,
      unit: 'ms',
      goal: { of: 'value', direction: 'at most', bound: 60_000 },
    },
    {
      name: `the same import again, ${stand.database}`,
      value: again.ms,
      unit: 'ms',
      goal: { of: 'value', direction: 'at most', bound: 60_000 },
      note: 'changes nothing',
    },
  ];
}
