import { existsSync, readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { validateSync, type ValidationError } from 'class-validator';
import { AlertAgentConfig } from './alertagent-config';
import { ConfigurationError, type ConfigurationProblem } from './configuration-error';
import { ConfigurationReader, formatPath } from './configuration-reader';
import { contradictions } from './contradictions';
import { CONFIG_FILE_VARIABLE, unknownVariables } from './environment';
import { YamlSource, type PathStep } from './yaml-source';

/** Looked for in the working directory when `ALERTAGENT_CONFIG` names no file. */
export const DEFAULT_CONFIG_FILE = 'alertagent.yml';

export interface LoadOptions {
  /** The file to read; default: `ALERTAGENT_CONFIG`, then `./alertagent.yml` if there is one. */
  file?: string;
  env: NodeJS.ProcessEnv;
  /** Directory relative paths count from; default: the process's. */
  cwd?: string;
}

/**
 * Reads file and environment (which wins), checks everything, and returns the one configuration object.
 *
 * @throws ConfigurationError naming every problem, with its key, its line and what to do.
 */
export function loadConfiguration({ file, env, cwd = process.cwd() }: LoadOptions): AlertAgentConfig {
  const problems: ConfigurationProblem[] = [];
  const source = openFile({ file, env, cwd }, problems);
  const reader = new ConfigurationReader({ file: source, env, cwd, readFile: (path) => readFileSync(path, 'utf8') });
  const config = reader.section(AlertAgentConfig, source?.yaml.value, []);
  problems.push(...reader.problems, ...unknownVariables(env));

  // A value that could not be read was reported already and still holds its default, or nothing.
  const reported = new Set(problems.map(({ key }) => key));
  const checks = [...violations(validateSync(config)), ...contradictions(config, reader)];
  problems.push(
    ...checks
      .filter(({ path }) => !reported.has(formatPath(path)))
      .map(({ path, detail }) => ({ key: formatPath(path), source: reader.sourceOf(path), detail })),
  );
  if (problems.length > 0) throw new ConfigurationError(problems);
  config.data_dir = resolve(cwd, config.data_dir);
  return config;
}

function openFile(
  { file, env, cwd = '.' }: LoadOptions,
  problems: ConfigurationProblem[],
): { path: string; yaml: YamlSource } | undefined {
  const named = file ?? (env[CONFIG_FILE_VARIABLE] || undefined);
  const path = resolve(cwd, named ?? DEFAULT_CONFIG_FILE);
  if (named === undefined && !existsSync(path)) return undefined;
  const name = shortName(path, cwd);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
    return {
      path,
      yaml: YamlSource.parse(name, text, (source, detail) => problems.push({ key: '(file)', source, detail })),
    };
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
    problems.push({
      key: file ? '(file)' : CONFIG_FILE_VARIABLE,
      source: name,
      detail: `can't read the file (${reason})`,
    });
    return undefined;
  }
}

function shortName(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short.startsWith('..') ? path : short;
}

/** class-validator's tree as flat list; its messages begin with the bare field name, which the path already says. */
function violations(
  errors: readonly ValidationError[],
  parent: readonly PathStep[] = [],
): { path: PathStep[]; detail: string }[] {
  return errors.flatMap((error) => {
    const index = Array.isArray(error.target) ? Number(error.property) : error.property;
    const path = [...parent, index];
    const constraints = error.constraints ?? {};
    const texts = 'isDefined' in constraints ? [constraints.isDefined] : Object.values(constraints);
    const detail = texts.map((text = '') => text.replace(`${error.property} `, '')).join('; ');
    return [...(texts.length > 0 ? [{ path, detail }] : []), ...violations(error.children ?? [], path)];
  });
}
