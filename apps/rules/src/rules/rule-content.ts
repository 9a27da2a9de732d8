import { createHash } from 'node:crypto';
import {
  effectiveRule,
  overriddenParameterProblems,
  validateRule,
  type FieldProblem,
  type RuleDefinition,
} from '@alertagent/alerting';
import {
  ServiceError,
  type Actor,
  type RuleInput,
  type RuleKind,
  type RuleOverride,
  type RuleParameters,
  type RuleTarget,
} from '@alertagent/contracts';

/** Where rules go that name no group. */
const DEFAULT_GROUP = 'alertagent';

/** An override; the cluster it names, if it names one, by id as it was when the rule was saved. */
export interface PinnedOverride extends RuleOverride {
  clusterId?: string;
}

/** What a person can change of a rule, with defaults filled in: two inputs that mean the same are equal. */
export interface RuleContent {
  kind: RuleKind;
  name: string;
  namespace: string;
  group: string;
  position: number;
  expression: string;
  duration: string | null;
  keepFiringFor: string | null;
  severity: string | null;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  owner: string | null;
  runbook: string | null;
  description: string | null;
  enabled: boolean;
  targets: RuleTarget[];
  parameters: RuleParameters;
  overrides: PinnedOverride[];
}

/** Content whose place in the group, if its author left it open, is null. */
export type UnplacedContent = Omit<RuleContent, 'position'> & { position: number | null };

/** The content of an input. Errors: `invalid`, naming every reason why Prometheus would refuse it, on any of its clusters, or this author may not save it. */
export function ruleContent(input: RuleInput, author: Pick<Actor, 'role'>): UnplacedContent {
  const content: UnplacedContent = {
    kind: input.kind ?? 'alerting',
    name: input.name,
    namespace: input.namespace ?? '',
    group: input.group ?? DEFAULT_GROUP,
    position: input.position ?? null,
    expression: input.expression,
    duration: input.duration || null,
    keepFiringFor: input.keep_firing_for || null,
    severity: input.severity ?? null,
    labels: sorted(input.labels ?? {}),
    annotations: sorted(input.annotations ?? {}),
    owner: input.owner ?? null,
    runbook: input.runbook || null,
    description: input.description || null,
    enabled: input.enabled ?? true,
    targets: input.targets.map((target) => sortedTarget(target)),
    parameters: sorted(input.parameters ?? {}),
    overrides: (input.overrides ?? []).map(plainOverride),
  };
  const problems = contentProblems(content, author);
  const [first] = problems;
  if (first)
    throw new ServiceError('invalid', `${first.pointer}: ${first.detail}`.slice(0, 200), {
      errors: problems.slice(0, 100),
    });
  return content;
}

/** What makes a rule unique, byte by byte. */
export const nameKey = (
  rule: Pick<RuleContent, 'namespace' | 'group' | 'kind' | 'name' | 'severity' | 'labels'>,
  duplicateNo: number,
): string => {
  const { namespace, group, kind, name, severity, labels } = rule;
  const facts = [namespace, group, kind, name, severity, Object.entries(sorted(labels)), duplicateNo];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
};

/** For searching without regard to case, alike on every database. */
export const foldText = (text: string): string => text.toLowerCase();

/** What a search for text looks at. */
export const searchText = (rule: RuleContent | UnplacedContent): string => {
  const pairs = [rule.labels, rule.annotations].flatMap((map) => Object.entries(map).flat());
  const texts = [rule.name, rule.expression, ...pairs, rule.owner ?? '', rule.description ?? ''];
  return foldText(texts.join('\n'));
};

/** Whether saving `b` over `a` would change nothing. */
export const isSameContent = (a: RuleContent, b: RuleContent): boolean =>
  JSON.stringify(pick(a)) === JSON.stringify(pick(b));

/** The definition that is checked, and rendered, where no override applies. */
export function definitionOf(content: UnplacedContent | RuleContent) {
  const { keepFiringFor, kind, runbook, annotations, ...rest } = content;
  const withRunbook = runbook && kind === 'alerting' ? sorted({ ...annotations, runbook_url: runbook }) : annotations;
  return { ...rest, kind, annotations: withRunbook, keep_firing_for: keepFiringFor } satisfies RuleDefinition;
}

function contentProblems(content: UnplacedContent, author: Pick<Actor, 'role'>): FieldProblem[] {
  // A template that asks Prometheus shows its reader any series; whose those are no role but this one may decide.
  const rights = { mayReadSeries: author.role === 'admin' };
  const definition = definitionOf(content);
  const problems = validateRule(effectiveRule(definition, []).rule, rights);
  const { namespace, runbook, annotations, kind } = content;
  if (namespace !== namespace.trim() || !namespace.isWellFormed() || /\p{Cc}/u.test(namespace))
    problems.push({
      pointer: '/namespace',
      code: 'control_character',
      detail: 'expected one line of text without blanks at the ends',
    });
  if (runbook && kind === 'recording')
    problems.push({ pointer: '/runbook', code: 'not_for_recording', detail: 'a recording rule has none' });
  if (runbook && Object.hasOwn(annotations, 'runbook_url') && annotations['runbook_url'] !== runbook)
    problems.push({ pointer: '/runbook', code: 'duplicate', detail: 'the annotation runbook_url says something else' });
  const known = new Set(problems.map(({ pointer, code }) => `${pointer} ${code}`));
  content.overrides.forEach((override, index) => {
    const source = `/overrides/${index}`;
    problems.push(
      ...overriddenParameterProblems(content.parameters, override.parameters ?? {}, `${source}/parameters`),
    );
    const { rule } = effectiveRule(definition, [{ source, terms: override }]);
    for (const problem of validateRule(rule, rights)) {
      if (known.has(`${problem.pointer} ${problem.code}`)) continue;
      problems.push({ ...problem, pointer: source, detail: `there, ${problem.pointer}: ${problem.detail}` });
    }
  });
  return problems;
}

/** Without what is absent or null, so that two ways of saying nothing are equal. */
function plainOverride(override: RuleOverride): PinnedOverride {
  const { target, parameters, duration, keep_firing_for, severity, labels, enabled } = override;
  return {
    target: sortedTarget(target),
    ...(parameters ? { parameters: sorted(parameters) } : {}),
    ...(duration ? { duration } : {}),
    ...(keep_firing_for ? { keep_firing_for } : {}),
    ...(severity ? { severity } : {}),
    ...(labels ? { labels: sorted(labels) } : {}),
    ...(typeof enabled === 'boolean' ? { enabled } : {}),
  };
}

function pick(rule: RuleContent): unknown[] {
  return [
    ...[rule.kind, rule.name, rule.namespace, rule.group, rule.position, rule.expression, rule.duration],
    ...[rule.keepFiringFor, rule.severity, sorted(rule.labels), sorted(rule.annotations), rule.owner, rule.runbook],
    ...[rule.description, rule.enabled, rule.targets, sorted(rule.parameters), rule.overrides],
  ];
}

const sortedTarget = (target: RuleTarget): RuleTarget =>
  typeof target === 'string' ? target : { labels: sorted(target.labels) };

function sorted<T>(map: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}
