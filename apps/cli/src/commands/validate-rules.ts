import {
  DEFAULT_PROMETHEUS_VERSION,
  grammarOf,
  isRefused,
  readRuleSources,
  validateRule,
  validateRuleText,
  type FileProblem,
  type NamedRuleFile,
  type ReadRule,
  type ValidationOptions,
} from '@alertagent/alerting';
import { CommandError, EXIT } from '../exit-codes';
import { contentOf } from './import-run';
import type { CommandContext } from './context';

interface Finding {
  path: string | null;
  line: number | null;
  column: number | null;
  pointer: string;
  severity: 'error' | 'warning' | 'info';
  code: string;
  message: string;
}

export interface ValidateRulesOptions {
  prometheusVersion?: string;
  /** False for `--no-lint`. */
  lint: boolean;
  /** Warnings fail as well; what is only told as `info`, such as suppressed checks, does not. */
  strict?: boolean;
}

/** `rules validate`: files and folders, without a server. */
export async function validateRules(
  { terminal }: CommandContext,
  paths: string[],
  { prometheusVersion = DEFAULT_PROMETHEUS_VERSION, lint, strict = false }: ValidateRulesOptions,
): Promise<number> {
  const grammar = grammarOf(prometheusVersion);
  if (!grammar) {
    throw new CommandError(EXIT.usage, `${prometheusVersion} is no version of Prometheus`, 'give one such as 2.53.3');
  }
  const options: ValidationOptions = { grammar, lint: lint ? { severities: {} } : null };
  const sources = sourcesOf(paths);
  const files = sources.map(({ path, text }) => {
    const read = readRuleSources([{ path, text }], null);
    const rules = read.flatMap(({ groups }) => groups).reduce((sum, group) => sum + group.rules.length, 0);
    const findings = isResource(text) ? read.flatMap((file) => findingsOf(file, path)) : verdictOn(text, path, options);
    return { rules, findings };
  });
  const findings = files.flatMap((file) => file.findings);
  const rules = files.reduce((sum, file) => sum + file.rules, 0);
  const valid = !findings.some(({ severity, refuses }) => refuses ?? severity === 'error');
  const fails = !valid || (strict && findings.some(({ severity }) => severity !== 'info'));
  const problems = findings.map(({ refuses: _, ...finding }) => finding);
  terminal.result({ valid, rules, problems }, [
    ...findings.map(({ path, line, column, pointer, severity, message, code }) => {
      const place = [path, line, column].filter((part) => part !== null).join(':');
      return `${place}: ${severity}: ${message} (${pointer || '/'}, ${code})`;
    }),
    `${rules} rules, ${findings.length === 0 ? 'nothing to say about them' : `${findings.length} problems`}`,
  ]);
  return fails ? EXIT.findings : EXIT.ok;
}

function sourcesOf(paths: string[]): { path: string; text: string }[] {
  const content = contentOf(paths);
  if ('yaml' in content) return [{ path: paths[0]!, text: content.yaml }];
  if ('files' in content) return content.files.map(({ path, content: text }) => ({ path, text }));
  throw new CommandError(EXIT.usage, 'an archive can not be validated as it is', 'unpack it and give the folder');
}

/** Resources of the operator are judged rule by rule; what Prometheus itself reads is judged as a file. */
const isResource = (text: string): boolean => /^\s*["']?(?:kind|apiVersion)["']?\s*:/m.test(text);

function verdictOn(text: string, path: string, options: ValidationOptions): (Finding & { refuses: boolean })[] {
  const { valid, problems } = validateRuleText(text, options);
  return problems.map(({ check, severity, message, line, column, pointer }) => ({
    path,
    line,
    column,
    pointer,
    severity,
    code: check,
    message,
    // A habit does not make a file invalid, whatever its severity.
    refuses: !valid && severity === 'error',
  }));
}

function findingsOf(file: NamedRuleFile, path: string | null): (Finding & { refuses?: boolean })[] {
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
