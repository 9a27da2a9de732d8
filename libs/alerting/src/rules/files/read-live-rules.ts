import { formatDuration } from '../../durations';
import { pointerTo } from '../../problems';
import { managedBy } from './read-groups';
import type { FileRule, ReadGroup, ReadRule, ReadRuleFile } from './rule-file-content';

/**
 * Reads what a running Prometheus, or vmalert, answers under `/api/v1/rules`: one {@link ReadRuleFile} per rule file
 * there, whose namespace is the path of the file. The expressions are as the server prints them, the group's interval
 * is the one in force even where the file names none, and labels of the group are among those of each rule. Throws a
 * SyntaxError when the text is no such answer.
 */
export function readLiveRules(text: string): ReadRuleFile[] {
  const files = new Map<string, ReadRuleFile>();
  for (const [index, group] of listIn(dataOf(text), 'groups').entries()) {
    const path = stringIn(group, 'file') ?? '';
    const file = files.get(path) ?? { format: 'api', namespace: path || null, groups: [], problems: [] };
    files.set(path, file);
    file.groups.push(readGroup(group, ['data', 'groups', String(index)]));
  }
  return [...files.values()];
}

/** Whether a text looks like such an answer; a rule file may be JSON too. */
export function looksLikeLiveRules(text: string): boolean {
  if (!/^\s*\{/.test(text)) return false;
  try {
    dataOf(text);
    return true;
  } catch {
    return false;
  }
}

function dataOf(text: string): unknown {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch (cause) {
    throw new SyntaxError('the answer is not JSON', { cause });
  }
  const data = fieldOf(answer, 'data');
  if (fieldOf(answer, 'status') !== 'success' || !Array.isArray(fieldOf(data, 'groups'))) {
    throw new SyntaxError('the answer is not one of /api/v1/rules');
  }
  return data;
}

function readGroup(group: unknown, path: string[]): ReadGroup {
  const limit = numberIn(group, 'limit') ?? 0;
  const interval = duration(numberIn(group, 'interval'));
  const offset = duration(numberIn(group, 'queryOffset') ?? numberIn(group, 'eval_offset'));
  return {
    name: stringIn(group, 'name') ?? '',
    ...(interval === null ? {} : { interval }),
    ...(offset === null ? {} : { query_offset: offset }),
    ...(limit === 0 ? {} : { limit }),
    rules: listIn(group, 'rules').map((rule, index) => readRule(rule, [...path, 'rules', String(index)])),
    pointer: pointerTo(...path),
    place: null,
    problems: [],
  };
}

function readRule(found: unknown, path: string[]): ReadRule {
  const rule = ruleOf(found);
  const isUsable = (rule.alert ?? rule.record ?? '') !== '' && rule.expr !== '';
  const detail = 'the answer names no type, name or query of this rule';
  const pointer = pointerTo(...path);
  return {
    rule,
    pointer,
    place: null,
    problems: isUsable ? [] : [{ severity: 'error', code: 'bad_shape', detail, pointer, place: null }],
    managed: managedBy(rule),
  };
}

function ruleOf(found: unknown): FileRule {
  const [name, expr] = [stringIn(found, 'name') ?? '', stringIn(found, 'query') ?? ''];
  const labels = textsIn(found, 'labels');
  const isRecording = stringIn(found, 'type') === 'recording';
  if (isRecording) return { record: name, expr, ...(labels ? { labels } : {}) };
  const annotations = textsIn(found, 'annotations');
  const [pending, keep] = [duration(numberIn(found, 'duration')), duration(numberIn(found, 'keepFiringFor'))];
  return {
    alert: name,
    expr,
    ...(pending === null ? {} : { for: pending }),
    ...(keep === null ? {} : { keep_firing_for: keep }),
    ...(labels ? { labels } : {}),
    ...(annotations ? { annotations } : {}),
  };
}

/** Seconds as a duration; nothing for nothing. */
function duration(seconds: number | null): string | null {
  return seconds === null || seconds <= 0 ? null : formatDuration(Math.round(seconds * 1000));
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

function listIn(value: unknown, name: string): unknown[] {
  const list = fieldOf(value, name);
  return Array.isArray(list) ? list : [];
}

function stringIn(value: unknown, name: string): string | null {
  const text = fieldOf(value, name);
  return typeof text === 'string' ? text : null;
}

function numberIn(value: unknown, name: string): number | null {
  const number = fieldOf(value, name);
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

function textsIn(value: unknown, name: string): Record<string, string> | null {
  const map = fieldOf(value, name);
  if (typeof map !== 'object' || map === null) return null;
  const entries = Object.entries(map).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return entries.length > 0 ? Object.fromEntries(entries) : null;
}
