import { pointerTo } from '../problems';
import type { YamlValue } from '../rendered-file';
import { checkDocument } from './check-document';
import { decode, type Decoded } from './decode';
import { readDocument, type TextPosition } from '../go-yaml/read-document';
import { nodeOf, type YamlNode } from '../go-yaml/yaml-node';
import type { AlertmanagerConfigProblem } from './problem';
import { configuration } from './schema/configuration';
import { StructValues, type GoValue } from './schema/go-type';
import { findWarnings } from './warnings/find-warnings';
import { alertmanagerMinor, OLDEST_MINOR } from './version';

/** What the check of a configuration found. */
export interface AlertmanagerConfigCheck {
  /** False exactly when Alertmanager of that version refuses to load the file. */
  valid: boolean;
  problems: AlertmanagerConfigProblem[];
}

/** A configuration that was read, whether it is valid or not. */
export interface ReadConfiguration extends AlertmanagerConfigCheck {
  /** As Alertmanager sees it; null when it could not be read at all. */
  value: Readonly<Record<string, GoValue>> | null;
  /** Pointers of the values that are secrets. */
  secrets: readonly string[];
  /** Where the value at a pointer stands. */
  positionOf: (pointer: string) => TextPosition;
}

/**
 * Checks an alertmanager.yml against the rules of one version of Alertmanager (`0.28.1`). Files that it names, such as
 * templates, are not looked at. Throws an Error when the version is none.
 */
export function checkAlertmanagerConfig(text: string, target: { version: string }): AlertmanagerConfigCheck {
  const { valid, problems } = readAlertmanagerConfig(text, target);
  return { valid, problems };
}

/** Reads an alertmanager.yml as that version of Alertmanager does, with everything that is wrong with it. */
export function readAlertmanagerConfig(text: string, { version }: { version: string }): ReadConfiguration {
  const minor = minorOf(version);
  const document = readDocument(text);
  if ('fault' in document) return unreadable(document.position, document.offset, 'syntax', document.fault);
  if (document.root === null)
    return unreadable(document.position, 0, 'no_route', 'needs a route, or no alert goes anywhere');
  return judge(document.root, document.position, minor);
}

/** The same for a document that stands in no text: all of its problems are in line 1. What `renderYaml` writes of it is judged alike. */
export function readAlertmanagerDocument(document: YamlValue, { version }: { version: string }): ReadConfiguration {
  return judge(nodeOf(document), () => ({ line: 1, column: 1 }), minorOf(version));
}

function minorOf(version: string): number {
  const minor = alertmanagerMinor(version);
  if (minor === null) throw new Error('the version of Alertmanager must look like 0.28.1');
  return Math.max(minor, OLDEST_MINOR);
}

function judge(root: YamlNode, position: (offset: number) => TextPosition, minor: number): ReadConfiguration {
  const decoded = decode(root, configuration, minor);
  const positionOf = positionIn(decoded, position);
  const problems = decoded.faults.map(({ check, message, pointer, offset }) => {
    return problemAt({ check, message, pointer }, position(offset));
  });
  const value = isRecord(decoded.value) ? decoded.value : {};
  // Go looks at the whole only when all of its parts could be read.
  if (problems.length === 0) {
    checkDocument(new StructValues(value), minor, (check, message, ...path) => {
      const pointer = pointerTo(...path);
      problems.push(problemAt({ check, message, pointer }, positionOf(pointer)));
    });
  }
  const valid = problems.length === 0;
  if (valid) {
    for (const { fix, ...warning } of findWarnings(new StructValues(value), minor)) {
      const problem = problemAt(warning, positionOf(warning.pointer), 'warning');
      problems.push(fix === undefined ? problem : { ...problem, fix });
    }
  }
  return { valid, problems, value, secrets: decoded.secrets, positionOf };
}

function unreadable(
  position: (offset: number) => TextPosition,
  offset: number,
  check: string,
  message: string,
): ReadConfiguration {
  const problem = problemAt({ check, message, pointer: '' }, position(offset));
  return { valid: false, problems: [problem], value: null, secrets: [], positionOf: () => position(0) };
}

/** The nearest place that is known: what is missing stands nowhere. */
function positionIn(decoded: Decoded, position: (offset: number) => TextPosition): (pointer: string) => TextPosition {
  return (pointer) => {
    let at = pointer;
    while (!decoded.offsets.has(at) && at !== '') at = at.slice(0, at.lastIndexOf('/'));
    return position(decoded.offsets.get(at) ?? 0);
  };
}

const problemAt = (
  problem: Pick<AlertmanagerConfigProblem, 'check' | 'message' | 'pointer'>,
  { line, column }: TextPosition,
  severity: AlertmanagerConfigProblem['severity'] = 'error',
): AlertmanagerConfigProblem => ({ ...problem, severity, line, column });

function isRecord(value: GoValue): value is { [key: string]: GoValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
