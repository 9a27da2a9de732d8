import 'reflect-metadata';
import { IsDefined, IsIn, IsOptional, ValidateNested } from 'class-validator';

/**
 * How a setting is written. `duration` is a Go-style text in the file and milliseconds in the class; `list` is a
 * list of texts (comma separated in the environment); `map` is an object of texts.
 */
export type SettingType = 'text' | 'integer' | 'number' | 'boolean' | 'duration' | 'list' | 'map';

export interface SettingOptions {
  type: SettingType;
  /** One sentence for the reference page: what it does, and why one would change it. */
  doc: string;
  /** Environment variable that overrides the file. */
  env?: string;
  /** Values are never shown, and may come from a file: `<key>_file`, `<ENV>_FILE`. */
  secret?: boolean;
  /** The closed list of allowed texts. */
  oneOf?: readonly string[];
  /** Has no default and must be given. */
  required?: boolean;
}

/** Any class whose fields are settings; made without arguments, its initialisers are the defaults. */
export type SectionClass<T extends object = object> = new () => T;

export interface SectionOptions {
  /** Only made when the file mentions it. */
  optional?: boolean;
}

export type SettingSpec =
  | ({ kind: 'value' } & SettingOptions)
  | { kind: 'section'; of: () => SectionClass; doc: string; optional: boolean }
  | { kind: 'items'; of: () => SectionClass; doc: string };

const SETTINGS = Symbol('settings');

/** Declares a field as a setting. Ranges and formats are added with class-validator's decorators beside it. */
export function Setting(options: SettingOptions): PropertyDecorator {
  return (target, property) => {
    declare(target, property, { kind: 'value', ...options });
    // With IsDefined the other checks still run on `undefined`; the loader then reports only this one.
    if (options.required) IsDefined({ message: 'is required' })(target, property);
    else IsOptional()(target, property);
    if (options.oneOf)
      IsIn([...options.oneOf], { message: `must be one of ${options.oneOf.join(', ')}` })(target, property);
  };
}

/** Declares a field as a nested object of settings. */
export function Section(of: () => SectionClass, doc: string, options: SectionOptions = {}): PropertyDecorator {
  return (target, property) => {
    declare(target, property, { kind: 'section', of, doc, optional: options.optional ?? false });
    IsOptional()(target, property);
    ValidateNested()(target, property);
  };
}

/** Declares a field as a list of nested objects. */
export function SectionList(of: () => SectionClass, doc: string): PropertyDecorator {
  return (target, property) => {
    declare(target, property, { kind: 'items', of, doc });
    ValidateNested({ each: true })(target, property);
  };
}

/** The settings of a section, in the order they were declared. */
export function settingsOf(section: SectionClass): ReadonlyMap<string, SettingSpec> {
  return (Reflect.getOwnMetadata(SETTINGS, section) as Map<string, SettingSpec> | undefined) ?? new Map();
}

function declare(target: object, property: string | symbol, spec: SettingSpec): void {
  const section = target.constructor as SectionClass;
  const settings = new Map(settingsOf(section)).set(String(property), spec);
  Reflect.defineMetadata(SETTINGS, settings, section);
}
