import { pointerTo, type FieldProblem } from '../problems';
import type { CatalogueEntry, ParameterSpec } from './catalogue-entry';
import { checkValue } from './check-request';

const ID = /^[a-z][a-z0-9_]{0,99}$/;
const NAME = /^[a-z][a-z0-9_]{0,63}$/;

/** What is wrong with entries; pointers begin at the list. */
export function checkCatalogue(entries: readonly CatalogueEntry[]): FieldProblem[] {
  const seen = new Set<string>();
  return entries.flatMap((entry, index) => {
    const problems = checkEntry(entry).map((problem) => ({ ...problem, pointer: pointerTo(index) + problem.pointer }));
    if (seen.has(entry.id))
      problems.push(problemAt(pointerTo(index, 'id'), 'duplicate', 'another entry has the same id'));
    seen.add(entry.id);
    return problems;
  });
}

function checkEntry(entry: CatalogueEntry): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const wrong = (pointer: string, code: string, detail: string): void => {
    problems.push(problemAt(pointer, code, detail));
  };
  if (!ID.test(entry.id))
    wrong('/id', 'bad_name', 'an id has lower-case letters, digits and _, and begins with a letter');
  if (entry.executor === 'http' && !isWebAddress(entry.address))
    wrong('/address', 'required', 'an http action needs the http or https URL it is posted to');
  if (entry.executor !== 'http' && entry.is_signed) wrong('/is_signed', 'unused', 'only http actions are signed');
  if (entry.post_check !== 'none' && entry.post_check_within_ms <= 0)
    wrong('/post_check_within', 'required', 'a check needs the time within which it must hold');
  if (entry.allows_autonomy && entry.post_check === 'none')
    wrong(
      '/allows_autonomy',
      'unproven',
      'what runs without a person needs a post_check: nothing else shows that it helps',
    );
  for (const [name, value] of Object.entries(entry.caps)) {
    if (!Number.isInteger(value) || value < 1)
      wrong(`/caps/${name}`, 'out_of_range', 'expected a whole number, at least 1');
  }
  for (const list of ['clusters', 'namespaces'] as const) {
    entry.targets[list].forEach((pattern, index) => {
      if (!/^!?(\*|[A-Za-z0-9._-]+\*?)$/.test(pattern))
        wrong(
          pointerTo('targets', list, index),
          'bad_pattern',
          'expected a name, a beginning with *, or ! before either',
        );
    });
  }
  const names = new Set<string>();
  entry.parameters.forEach((spec, index) => {
    problems.push(
      ...checkSpec(spec).map((each) => ({ ...each, pointer: pointerTo('parameters', index) + each.pointer })),
    );
    if (names.has(spec.name)) wrong(pointerTo('parameters', index, 'name'), 'duplicate', 'declared twice');
    names.add(spec.name);
  });
  return problems;
}

function checkSpec(spec: ParameterSpec): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (!NAME.test(spec.name))
    problems.push(problemAt('/name', 'bad_name', 'a parameter has lower-case letters, digits and _'));
  if (spec.min !== null && spec.max !== null && spec.min > spec.max)
    problems.push(problemAt('/min', 'out_of_range', 'min is above max'));
  if (spec.one_of !== null && spec.type !== 'string')
    problems.push(problemAt('/one_of', 'unused', 'only strings have a list of values'));
  if (spec.default !== null) {
    const problem = checkValue(spec, spec.default);
    if (problem) problems.push(problemAt('/default', problem.code, problem.detail));
  }
  return problems;
}

const problemAt = (pointer: string, code: string, detail: string): FieldProblem => ({ pointer, code, detail });

function isWebAddress(address: string | null): boolean {
  return address !== null && URL.canParse(address) && /^https?:$/.test(new URL(address).protocol);
}
