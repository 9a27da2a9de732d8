import { dirname, resolve } from 'node:path';
import type { ConfigurationProblem } from './configuration-error';
import { nearestName } from './nearest-name';
import { settingsOf, type SectionClass, type SettingOptions, type SettingSpec } from './setting';
import { readFromFile, readFromText, type Read } from './setting-value';
import type { PathStep, YamlSource } from './yaml-source';

/** Keys people bring along from elsewhere, and why there is no such key here. */
const EXPLAINED = new Map([
  [
    'logging.rotation',
    'logs go to standard output; rotate them where they are kept (journald, Docker, logrotate) and remove this key',
  ],
]);

/** Everything a reader may look at. */
export interface ReaderSources {
  file?: { path: string; yaml: YamlSource };
  env: NodeJS.ProcessEnv;
  /** Directory that relative paths in the environment count from. */
  cwd: string;
  /** Contents of a secret's file; throws when it can't be read. */
  readFile: (path: string) => string;
}

/** Walks the declared settings over file and environment, collecting every problem instead of stopping at the first. */
export class ConfigurationReader {
  readonly problems: ConfigurationProblem[] = [];
  /** Where each value came from, by key path; keys left at their default are absent. */
  readonly origins = new Map<string, { source: string; from: 'file' | 'environment' }>();

  constructor(private readonly sources: ReaderSources) {}

  /** Builds a section from what the file says (`raw`) and the environment. */
  section<T extends object>(type: SectionClass<T>, raw: unknown, path: readonly PathStep[]): T {
    const section = new type();
    const settings = settingsOf(type);
    const given = this.object(raw, path);
    this.refuseUnknown(given, settings, path);
    for (const [key, spec] of settings) {
      const value = this.read(spec, given, [...path, key]);
      if (value !== undefined) Reflect.set(section, key, value);
    }
    return section;
  }

  /** Where `path` was written, for messages; `undefined` when it wasn't. */
  sourceOf(path: readonly PathStep[]): string | undefined {
    return this.origins.get(formatPath(path))?.source ?? this.sources.file?.yaml.locate(path);
  }

  private read(spec: SettingSpec, given: Record<string, unknown>, path: readonly PathStep[]): unknown {
    const raw = given[String(path.at(-1))];
    switch (spec.kind) {
      case 'value':
        return this.value(spec, given, path);
      case 'section':
        return spec.optional && raw === undefined ? undefined : this.section(spec.of(), raw, path);
      case 'items':
        if (raw === undefined) return undefined;
        if (!Array.isArray(raw)) return this.fail(path, 'expected a list');
        return raw.map((item: unknown, index) => this.section(spec.of(), item, [...path, index]));
    }
  }

  private value(spec: SettingOptions, given: Record<string, unknown>, path: readonly PathStep[]): unknown {
    const key = String(path.at(-1));
    const fromFile = this.choose(spec, given[key], given[`${key}_file`], path);
    const fromEnvironment = spec.env ? this.environmentValue(spec, spec.env) : undefined;
    const chosen = fromEnvironment ?? fromFile;
    if (!chosen) return undefined;
    this.origins.set(formatPath(path), chosen);
    if ('problem' in chosen.read) {
      this.problems.push({ key: formatPath(path), source: chosen.source, detail: chosen.read.problem });
      return undefined;
    }
    return chosen.read.value;
  }

  private choose(
    spec: SettingOptions,
    inline: unknown,
    path: unknown,
    keyPath: readonly PathStep[],
  ): Chosen | undefined {
    const source = this.sources.file?.yaml.locate(keyPath) ?? '';
    if (!spec.secret || path === undefined) {
      return inline === undefined ? undefined : { source, from: 'file', read: readFromFile(spec.type, inline) };
    }
    const filePath = [...keyPath.slice(0, -1), `${String(keyPath.at(-1))}_file`];
    const fileSource = this.sources.file?.yaml.locate(filePath) ?? '';
    if (inline !== undefined)
      return { source: fileSource, from: 'file', read: { problem: bothGiven(String(filePath.at(-1))) } };
    if (typeof path !== 'string')
      return { source: fileSource, from: 'file', read: { problem: 'expected the path of a file' } };
    const directory = this.sources.file ? dirname(this.sources.file.path) : this.sources.cwd;
    return { source: fileSource, from: 'file', read: this.secretFile(spec, resolve(directory, path)) };
  }

  private environmentValue(spec: SettingOptions, name: string): Chosen | undefined {
    const { env, cwd } = this.sources;
    // Empty means unset: compose files and shells pass `${NAME}` on as an empty text.
    const [text, file] = [env[name] || undefined, spec.secret ? env[`${name}_FILE`] || undefined : undefined];
    if (text !== undefined && file !== undefined) {
      return { source: `environment ${name}`, from: 'environment', read: { problem: bothGiven(`${name}_FILE`) } };
    }
    if (file !== undefined) {
      return {
        source: `environment ${name}_FILE`,
        from: 'environment',
        read: this.secretFile(spec, resolve(cwd, file)),
      };
    }
    if (text === undefined) return undefined;
    return { source: `environment ${name}`, from: 'environment', read: readFromText(spec.type, text) };
  }

  private secretFile(spec: SettingOptions, path: string): Read {
    try {
      const text = this.sources.readFile(path).replace(/\r?\n$/, '');
      return text === '' ? { problem: `the file ${path} is empty` } : readFromText(spec.type, text);
    } catch (error) {
      return {
        problem: `can't read the file ${path} (${String((error as NodeJS.ErrnoException).code ?? 'unknown reason')})`,
      };
    }
  }

  private object(raw: unknown, path: readonly PathStep[]): Record<string, unknown> {
    if (raw === undefined || raw === null) return {};
    if (typeof raw === 'object' && !Array.isArray(raw)) return raw as Record<string, unknown>;
    this.fail(path, 'expected keys with values');
    return {};
  }

  private refuseUnknown(
    given: Record<string, unknown>,
    settings: ReadonlyMap<string, SettingSpec>,
    path: readonly PathStep[],
  ): void {
    const known = [...settings].flatMap(([key, spec]) =>
      spec.kind === 'value' && spec.secret ? [key, `${key}_file`] : [key],
    );
    for (const key of Object.keys(given).filter((name) => !known.includes(name))) {
      const shown = key.length > 100 ? `${key.slice(0, 100)}…` : key;
      const near = nearestName(key, known);
      const advice = near ? `did you mean "${near}"?` : `known keys here: ${known.join(', ')}`;
      this.fail([...path, shown], EXPLAINED.get(formatPath([...path, key])) ?? `unknown key; ${advice}`, [
        ...path,
        key,
      ]);
    }
  }

  private fail(path: readonly PathStep[], detail: string, at: readonly PathStep[] = path): undefined {
    this.problems.push({ key: formatPath(path) || '(file)', source: this.sources.file?.yaml.locate(at), detail });
    return undefined;
  }
}

interface Chosen {
  source: string;
  from: 'file' | 'environment';
  read: Read;
}

function bothGiven(other: string): string {
  return `both the value and ${other} are given; keep one`;
}

/** `['clusters', 1, 'name']` → `clusters[1].name`. */
export function formatPath(path: readonly PathStep[]): string {
  return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('');
}
