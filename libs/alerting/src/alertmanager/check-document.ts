import { excerpt } from '../problems';
import { checkGlobals, checkInherited } from './check-global-values';
import { INTEGRATIONS } from './schema/configuration';
import { StructValues, type GoValue, type StructReport } from './schema/go-type';

/** Told what is wrong, and where. */
type DocumentReport = (check: string, message: string, ...path: (string | number)[]) => void;

/** Checks what only the whole of a configuration shows: references, names that repeat, the root of the routes. */
export function checkDocument(document: StructValues, minor: number, report: DocumentReport): void {
  const globals = document.struct('global');
  const inGlobal: StructReport = (check, message, field) => report(check, message, 'global', ...(field ? [field] : []));
  checkGlobals(globals, inGlobal);
  const receivers = checkReceivers(document, globals, minor, report);
  const intervals = checkIntervalNames(document, report);
  if (!document.has('route')) {
    report('no_route', 'needs a route, or no alert goes anywhere');
    return;
  }
  checkRoot(document.struct('route'), report);
  checkReferences(document.record('route'), ['route'], { receivers, intervals }, report);
}

function checkReceivers(
  document: StructValues,
  globals: StructValues,
  minor: number,
  report: DocumentReport,
): Set<string> {
  const names = new Set<string>();
  for (const [index, item] of document.list('receivers').entries()) {
    // A crash until 0.26; later a receiver without a name, which nothing can use.
    if (item === null && minor < 26)
      report('empty_item', 'must not be empty: Alertmanager crashes on it', 'receivers', index);
    const receiver = valuesOf(item);
    const name = receiver.text('name');
    if (names.has(name))
      report('duplicate_name', `the receiver "${excerpt(name)}" exists twice`, 'receivers', index, 'name');
    names.add(name);
    for (const kind of Object.keys(INTEGRATIONS)) {
      for (const [position, integration] of receiver.list(kind).entries()) {
        if (integration === null) continue;
        checkInherited(kind, valuesOf(integration), globals, (check, message, field) =>
          report(check, message, 'receivers', index, kind, position, ...(field ? [field] : [])),
        );
      }
    }
  }
  return names;
}

function checkIntervalNames(document: StructValues, report: DocumentReport): Set<string> {
  const names = new Set<string>();
  for (const list of ['mute_time_intervals', 'time_intervals']) {
    for (const [index, item] of document.list(list).entries()) {
      const name = valuesOf(item).text('name');
      if (names.has(name))
        report('duplicate_name', `the time interval "${excerpt(name)}" exists twice`, list, index, 'name');
      names.add(name);
    }
  }
  return names;
}

function checkRoot(root: StructValues, report: DocumentReport): void {
  if (root.text('receiver') === '') report('root_route', 'needs a receiver for what no other route takes', 'route');
  for (const field of ['match', 'match_re']) {
    if (Object.keys(root.record(field)).length > 0)
      report('root_route', 'takes every alert and has no matchers', 'route', field);
  }
  // Texts without a matcher in them do not count.
  if (root.list('matchers').some((text) => typeof text === 'string' && /[^\s{}]/.test(text))) {
    report('root_route', 'takes every alert and has no matchers', 'route', 'matchers');
  }
  for (const field of ['mute_time_intervals', 'active_time_intervals']) {
    if (root.list(field).length > 0)
      report('root_route', 'holds at all times and has no time intervals', 'route', field);
  }
  if (root.isTrue('continue')) report('root_route', 'has nothing after it to continue with', 'route', 'continue');
}

function checkReferences(
  node: Readonly<Record<string, GoValue>>,
  path: (string | number)[],
  known: { receivers: ReadonlySet<string>; intervals: ReadonlySet<string> },
  report: DocumentReport,
): void {
  const route = new StructValues(node);
  const receiver = route.text('receiver');
  if (receiver !== '' && !known.receivers.has(receiver)) {
    report('unknown_receiver', `there is no receiver "${excerpt(receiver)}"`, ...path, 'receiver');
  }
  for (const field of ['mute_time_intervals', 'active_time_intervals']) {
    for (const [index, item] of route.list(field).entries()) {
      const name = typeof item === 'string' ? item : '';
      if (!known.intervals.has(name))
        report('unknown_interval', `there is no time interval "${excerpt(name)}"`, ...path, field, index);
    }
  }
  for (const [index, child] of route.list('routes').entries()) {
    if (typeof child === 'object' && child !== null && !Array.isArray(child)) {
      checkReferences(child, [...path, 'routes', index], known, report);
    }
  }
}

const valuesOf = (value: GoValue): StructValues =>
  new StructValues(typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {});
