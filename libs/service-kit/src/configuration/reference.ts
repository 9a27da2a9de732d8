import { AlertAgentConfig } from './alertagent-config';
import { formatDuration } from './duration';
import { settingsOf, type SectionClass, type SettingOptions } from './setting';

/** One line of the reference page. */
export interface ReferenceRow {
  /** Path of the key; `[]` stands for each item of a list. */
  key: string;
  env?: string;
  type: string;
  /** As it would be written in the file; absent when there is none. */
  default?: string;
  required: boolean;
  /** May come from a file: `<key>_file`, `<env>_FILE`. */
  secret: boolean;
  doc: string;
}

/** Every setting there is, in the order of the file. */
export function describeConfiguration(): ReferenceRow[] {
  return rowsOf(AlertAgentConfig, '');
}

/** The reference page, as Markdown. Generated, so that it can't go stale. */
export function renderReference(): string {
  const rows = describeConfiguration();
  const groups = grouped(rows);
  const parts = [
    '# Configuration reference',
    '',
    'Generated from the configuration classes; do not edit.',
    '',
    'AlertAgent reads `alertagent.yml` in the working directory, or the file that `ALERTAGENT_CONFIG` names, and then the',
    'environment, which wins. Durations are written `300ms`, `30s`, `5m`, `1h30m` or `7d`; lists in the environment are',
    'separated by commas. A setting marked *secret* can be read from a file instead: `<key>_file` in YAML, `<VARIABLE>_FILE` in the',
    'environment. Unknown keys and unknown `ALERTAGENT_` variables are refused, all problems are reported together, and the process exits with 78.',
  ];
  for (const [group, members] of groups) {
    parts.push(
      '',
      `## ${group}`,
      '',
      '| Key | Environment | Type | Default | Meaning |',
      '| --- | --- | --- | --- | --- |',
    );
    for (const row of members) parts.push(renderRow(row));
  }
  return `${parts.join('\n')}\n`;
}

function rowsOf(section: SectionClass, prefix: string): ReferenceRow[] {
  const defaults = new section();
  return [...settingsOf(section)].flatMap(([key, spec]) => {
    if (spec.kind === 'section') return rowsOf(spec.of(), `${prefix}${key}.`);
    if (spec.kind === 'items') return rowsOf(spec.of(), `${prefix}${key}[].`);
    return [
      {
        key: `${prefix}${key}`,
        env: spec.env,
        type: typeName(spec),
        default: defaultText(spec, Reflect.get(defaults, key)),
        required: spec.required ?? false,
        secret: spec.secret ?? false,
        doc: spec.doc,
      },
    ];
  });
}

function typeName(spec: SettingOptions): string {
  return spec.oneOf ? spec.oneOf.join(' / ') : spec.type;
}

function defaultText(spec: SettingOptions, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (spec.type === 'duration') return formatDuration(Number(value));
  if (typeof value === 'object') return JSON.stringify(value);
  return String(value);
}

function renderRow(row: ReferenceRow): string {
  const code = (text: string | undefined): string => (text === undefined ? '' : `\`${text}\``);
  const value = row.required ? '*required*' : code(row.default);
  const type = `${row.type.replaceAll('|', '\\|')}${row.secret ? ', *secret*' : ''}`;
  return `| ${code(row.key)} | ${code(row.env)} | ${type} | ${value} | ${row.doc.replaceAll('|', '\\|').replace(/<([^>]+)>/g, '&lt;$1&gt;')} |`;
}

function topOf(row: ReferenceRow): string {
  return row.key.split('.')[0] ?? '';
}

function grouped(rows: readonly ReferenceRow[]): Map<string, ReferenceRow[]> {
  const groups = new Map<string, ReferenceRow[]>();
  for (const row of rows) groups.set(topOf(row), [...(groups.get(topOf(row)) ?? []), row]);
  return groups;
}
