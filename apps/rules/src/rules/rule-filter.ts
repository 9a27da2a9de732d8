import { compileMatchers, parseMatchers, type LabelTest } from '@alertagent/alerting';
import { ServiceError, type ListRules } from '@alertagent/contracts';
import type { SelectQueryBuilder } from 'typeorm';
import { foldText } from './rule-content';
import type { StoredRule } from './stored-rule';

/** Which rules a list shows; the cluster by id. */
export type RuleFilter = Omit<ListRules, 'cursor' | 'limit' | 'cluster_id' | 'sort'> & { clusterId?: string | null };

/** Rules that should run on a cluster. */
const PLACED =
  'rule.id IN (SELECT placed.rule_id FROM rule_distributions placed WHERE placed.cluster_id = :clusterId AND placed.withdrawn = 0)';

/** Narrows a query down by everything the database can decide. Errors: `invalid` when the matchers cannot be read. */
export function applyFilter(query: SelectQueryBuilder<StoredRule>, filter: RuleFilter): void {
  query.andWhere(filter.deleted ? 'rule.deletedAt IS NOT NULL' : 'rule.deletedAt IS NULL');
  const like = likeOn(query);
  if (filter.name) query.andWhere(like('rule.nameFolded', 'name'), { name: within(filter.name) });
  if (filter.text) query.andWhere(like('rule.searchText', 'text'), { text: within(filter.text) });
  for (const field of ['kind', 'namespace', 'group', 'severity', 'owner', 'enabled'] as const) {
    const value = filter[field];
    if (value !== null && value !== undefined) query.andWhere(`rule.${field} = :${field}`, { [field]: value });
  }
  if (filter.clusterId) query.andWhere(PLACED, { clusterId: filter.clusterId });
  matchersOf(filter.labels).forEach(({ name, operator, value }, index) => {
    // A label that must be there stands in the JSON exactly so: quotes inside a name or value are escaped there.
    if (operator !== '=' || value === '') return;
    const pair = `${JSON.stringify(name)}:${JSON.stringify(value)}`;
    const inLabels = like('rule.labels', `pair${index}`);
    const own = name === 'severity' ? ` OR rule.severity = :own${index}` : '';
    query.andWhere(`(${inLabels}${own})`, { [`pair${index}`]: `%${escapeLike(pair)}%`, [`own${index}`]: value });
  });
}

/** Decides what the database cannot: matchers as Prometheus reads them. Null when there is nothing left to decide. */
export function labelTest({ labels }: RuleFilter): ((rule: Pick<StoredRule, 'labels' | 'severity'>) => boolean) | null {
  if (!labels) return null;
  matchersOf(labels);
  const test: LabelTest = compileMatchers([labels]);
  return (rule) => test(rule.severity === null ? rule.labels : { ...rule.labels, severity: rule.severity });
}

function matchersOf(labels: string | null | undefined): ReturnType<typeof parseMatchers> {
  if (!labels) return [];
  try {
    compileMatchers([labels]);
    return parseMatchers(labels);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : 'it cannot be read';
    throw new ServiceError('invalid', `/labels: ${detail}`.slice(0, 200), {
      cause,
      errors: [{ pointer: '/labels', code: 'bad_matcher', detail: detail.slice(0, 300) }],
    });
  }
}

/**
 * MySQL and MariaDB compare text letter by letter by its collation unless told that it is bytes, which takes three times as long. What is
 * searched is folded, or JSON as we write it, so bytes say the same.
 */
function likeOn(query: SelectQueryBuilder<StoredRule>): (column: string, parameter: string) => string {
  const isSqlite = query.dataSource.options.type === 'better-sqlite3';
  return (column, parameter) => `${isSqlite ? column : `CAST(${column} AS BINARY)`} LIKE :${parameter} ESCAPE '!'`;
}

const within = (text: string): string => `%${escapeLike(foldText(text))}%`;

const escapeLike = (text: string): string => text.replace(/[!%_]/g, (character) => `!${character}`);
