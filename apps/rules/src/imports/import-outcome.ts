import {
  ServiceError,
  type RuleImportOutcome,
  type RuleImportProblem,
  type RuleImportResult,
} from '@alertagent/contracts';
import type { ImportGroup, ImportItem } from './import-groups';

/** What became of one rule, before it is written down. */
export interface Outcome {
  outcome: RuleImportOutcome;
  ruleId?: string | null;
  version?: number | null;
  problems?: RuleImportProblem[];
}

/** At most this many problems are kept of one rule. */
const MOST_PROBLEMS = 20;
const LONGEST_MESSAGE = 500;

export function resultOf(
  group: ImportGroup,
  item: ImportItem,
  { outcome, ruleId, version, problems = [] }: Outcome,
): RuleImportResult {
  return {
    seq: item.seq,
    outcome,
    rule_id: ruleId ?? null,
    version: version ?? null,
    namespace: group.namespace,
    group: group.name,
    kind: item.kind,
    name: item.name,
    path: item.path,
    line: item.line,
    problems: [...item.problems, ...problems].slice(0, MOST_PROBLEMS).map((problem) => ({
      ...problem,
      message: problem.message.slice(0, LONGEST_MESSAGE),
    })),
  };
}

/** A refusal of the rules service, told about the place in the file. */
export function refusal(item: ImportItem, error: ServiceError): Outcome {
  const found = error.errors.length > 0 ? error.errors : [{ pointer: '', code: error.code, detail: error.message }];
  return {
    outcome: 'refused',
    problems: found.map(({ pointer, code, detail }) => ({
      severity: 'error' as const,
      code,
      message: detail,
      pointer: item.pointer + fileFieldOf(pointer, item),
      line: item.line,
    })),
  };
}

export const warning = (item: ImportItem, code: string, message: string): RuleImportProblem => ({
  severity: 'warning',
  code,
  message,
  pointer: item.pointer,
  line: item.line,
});

/** Fields of the API as a rule file calls them. */
function fileFieldOf(pointer: string, { kind }: ImportItem): string {
  return pointer
    .replace(/^\/expression(?=\/|$)/, '/expr')
    .replace(/^\/duration$/, '/for')
    .replace(/^\/severity$/, '/labels/severity')
    .replace(/^\/runbook$/, '/annotations/runbook_url')
    .replace(/^\/name$/, kind === 'recording' ? '/record' : '/alert');
}
