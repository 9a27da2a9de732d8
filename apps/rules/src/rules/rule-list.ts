import type { RuleOrder } from '@alertagent/contracts';
import { In, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import { applyFilter, labelTest, type RuleFilter } from './rule-filter';
import { applyOrder, applyPlace, sortedBy, type RulePosition } from './rule-order';
import { ruleEntity } from './rule.entity';
import type { StoredRule } from './stored-rule';

/** Rows looked at per statement when labels have to be compared here. */
const LOOKED_AT = 2_000;

/** Which part of a list is wanted, and in which order. */
export interface RulePageTerms {
  sort: RuleOrder;
  after: RulePosition | null;
  limit: number;
}

/** At most `limit` rules after a place in an order. */
export function listRules(manager: EntityManager, filter: RuleFilter, page: RulePageTerms): Promise<StoredRule[]> {
  const test = labelTest(filter);
  return test ? listByLabels(manager, filter, page, test) : listPlain(manager, filter, page);
}

/**
 * Which rules are shown is answered by an index alone, and only those are read whole: sorting whole rows costs more than all the rest. One
 * statement, so that both are of the same moment.
 */
function listPlain(manager: EntityManager, filter: RuleFilter, page: RulePageTerms): Promise<StoredRule[]> {
  const shown = shownRules(manager, filter, page);
  const whole = manager
    .createQueryBuilder(ruleEntity, 'rule')
    .innerJoin(`(${shown.getQuery()})`, 'shown', 'shown.id = rule.id')
    .setParameters(shown.getParameters());
  applyOrder(whole, page.sort);
  return whole.getMany();
}

/** The ids of the rules that a page shows, where no labels have to be compared. */
export function shownRules(
  manager: EntityManager,
  filter: RuleFilter,
  { sort, after, limit }: RulePageTerms,
): SelectQueryBuilder<StoredRule> {
  const shown = sorted(manager, filter, sort).select('rule.id', 'id').limit(limit);
  applyPlace(shown, sort, after);
  return shown;
}

/** What labels are compared with, as the database has it, and the place of the rule in the order. */
type LookedAtRow = Record<string, string | number> & { id: string; labels: string; severity: string | null };

/** Whole rules are read only of those that are shown. Of the others not even entities are made, and labels that many share are read once. */
async function listByLabels(
  manager: EntityManager,
  filter: RuleFilter,
  { sort, after, limit }: RulePageTerms,
  test: NonNullable<ReturnType<typeof labelTest>>,
): Promise<StoredRule[]> {
  const verdicts = new Map<string, boolean>();
  const fits = ({ labels, severity }: LookedAtRow): boolean => {
    const key = JSON.stringify([labels, severity]);
    const verdict = verdicts.get(key) ?? test({ labels: JSON.parse(labels) as Record<string, string>, severity });
    verdicts.set(key, verdict);
    return verdict;
  };
  const columns = sortedBy(sort);
  const found: string[] = [];
  let from = after;
  while (found.length < limit) {
    const query = sorted(manager, filter, sort).select('rule.labels', 'labels').addSelect('rule.severity', 'severity');
    for (const column of columns) query.addSelect(`rule.${column}`, column);
    applyPlace(query, sort, from);
    const rows = await query.limit(LOOKED_AT).getRawMany<LookedAtRow>();
    found.push(...rows.filter(fits).map(({ id }) => id));
    const last = rows.at(-1);
    if (!last || rows.length < LOOKED_AT) break;
    // From the last row on, not past so many rows: those would be read again each time.
    from = columns.map((column) => last[column] ?? '');
  }
  const shown = found.slice(0, limit);
  const rules = await manager.findBy(ruleEntity, { id: In(shown) });
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  return shown.flatMap((id) => byId.get(id) ?? []);
}

function sorted(manager: EntityManager, filter: RuleFilter, sort: RuleOrder): SelectQueryBuilder<StoredRule> {
  const query = manager.createQueryBuilder(ruleEntity, 'rule').where('1 = 1');
  applyFilter(query, filter);
  applyOrder(query, sort);
  return query;
}
