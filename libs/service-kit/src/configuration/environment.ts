import { AlertAgentConfig } from './alertagent-config';
import type { ConfigurationProblem } from './configuration-error';
import { nearestName } from './nearest-name';
import { settingsOf, type SectionClass } from './setting';

/** The variable that names the configuration file. */
export const CONFIG_FILE_VARIABLE = 'ALERTAGENT_CONFIG';

/** Variables of our other programs (sidecar, tests, tools), which may share an environment with a service. */
const OTHER_PROGRAMS = [
  /^ALERTAGENT_TEST_/,
  /^ALERTAGENT_.*_BIN$/,
  /^ALERTAGENT_BIN_/,
  /^ALERTAGENT_CORPORA$/,
  /^ALERTAGENT_ENDPOINT$/,
  /^ALERTAGENT_TOKEN(_|$)/,
  /^ALERTAGENT_FAILPOINT/,
  /^ALERTAGENT_CONFIG_PUBLIC_KEY$/,
];

/** Every environment variable the configuration reads, with the key it sets. */
export function environmentTable(): ReadonlyMap<string, string> {
  const table = new Map<string, string>();
  collect(AlertAgentConfig, '', table);
  return table;
}

/** A mistyped variable would silently do nothing; an `ALERTAGENT_` name nobody reads is a problem. */
export function unknownVariables(env: NodeJS.ProcessEnv): ConfigurationProblem[] {
  const known = [...environmentTable().keys(), CONFIG_FILE_VARIABLE];
  return Object.keys(env)
    .filter(
      (name) =>
        name.startsWith('ALERTAGENT_') && !known.includes(name) && !OTHER_PROGRAMS.some((other) => other.test(name)),
    )
    .sort()
    .map((name) => {
      const near = nearestName(name, known);
      return {
        key: name.slice(0, 100),
        source: 'environment',
        detail: `unknown variable; ${near ? `did you mean ${near}?` : 'remove it, or see the configuration reference for the known ones'}`,
      };
    });
}

function collect(section: SectionClass, prefix: string, table: Map<string, string>): void {
  for (const [key, spec] of settingsOf(section)) {
    if (spec.kind === 'section') collect(spec.of(), `${prefix}${key}.`, table);
    if (spec.kind !== 'value' || !spec.env) continue;
    table.set(spec.env, `${prefix}${key}`);
    if (spec.secret) table.set(`${spec.env}_FILE`, `${prefix}${key}_file`);
  }
}
