import {
  isRefused,
  readRuleSources,
  validateRule,
  type FileProblem,
  type NamedRuleFile,
  type ReadRule,
} from '@alertagent/alerting';
import { EXIT } from '../exit-codes';
import { contentOf } from './import-run';
import { CommandError } from '../exit-codes';
import type { CommandContext } from './context';

interface Finding {
  path: string | null;
  line: number | null;
  column: number | null;
  pointer: string;
  severity: 'error' | 'warning';
  code: string;
  message: string;
}

/** `rules validate`: files and folders, without a server. */
export async function validateRules({ terminal }: CommandContext, paths: string[]): Promise<number> {
  const content = contentOf(paths);
  if (!('yaml' in content) && !('files' in content)) {
    throw new CommandError(EXIT.usage, 'an archive can not be validated as it is', 'unpack it and give the folder');
  }
  const sources =
    'yaml' in content
      ? [{ path: null, text: content.yaml }]
      : content.files.map(({ path, content: text }) => ({ path, text }));
  const files = readRuleSources(sources, null);
  const findings = files.flatMap((file) => findingsOf(file, 'yaml' in content ? paths[0]! : file.path));
  const rules = files.flatMap(({ groups }) => groups).reduce((sum, group) => sum + group.rules.length, 0);
  const valid = !findings.some(({ severity }) => severity === 'error');
  terminal.result({ valid, rules, problems: findings }, [
    ...findings.map(({ path, line, column, pointer, severity, message }) => {
      return `${[path, line, column].filter((part) => part !== null).join(':')}: ${severity}: ${message} (${pointer || '/'})`;
    }),
    `${rules} rules, ${findings.length === 0 ? 'nothing to say about them' : `${findings.length} problems`}`,
  ]);
  return valid ? EXIT.ok : EXIT.findings;
}

function findingsOf(file: NamedRuleFile, path: string | null): Finding[] {
  const shapes = [file, ...file.groups, ...file.groups.flatMap(({ rules }) => rules)].flatMap(
    ({ problems }) => problems,
  );
  const contents = file.groups.flatMap(({ rules }) =>
    rules.filter((rule) => !isRefused(rule)).flatMap(contentProblems),
  );
  return [...shapes, ...contents].map(({ place, pointer, severity, code, detail }) => ({
    path,
    line: place?.line ?? null,
    column: place?.column ?? null,
    pointer,
    severity,
    code,
    message: detail,
  }));
}

function contentProblems({ rule, pointer, place }: ReadRule): FileProblem[] {
  const found = validateRule({
    name: rule.alert ?? rule.record ?? '',
    expression: rule.expr,
    duration: rule.for,
    keep_firing_for: rule.keep_firing_for,
    labels: rule.labels ?? {},
    annotations: rule.annotations ?? {},
  });
  return found.map(({ code, detail, pointer: inside }) => ({
    severity: 'error' as const,
    code,
    detail,
    pointer: pointer + inside,
    place,
  }));
}
