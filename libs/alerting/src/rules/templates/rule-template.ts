import { parseDuration } from '../../durations';
import { excerpt, pointerTo, type FieldProblem } from '../../problems';
import { fillRule, type FilledRule } from './fill-rule';
import { fillPlain } from './fill-text';
import { checkValues, regexFault, valueFault, type CheckedValues } from './parameter-values';
import { PARAMETER_NAME } from './placeholders';
import { ruleKey, type ParameterValue, type TemplateDocument, type TemplateParameter } from './template-document';

export const MOST_TEMPLATE_RULES = 200;
const MOST_PARAMETERS = 50;

/** What a template makes of values: its rules, or every reason why there are none. */
export interface InstantiatedTemplate {
  rules: FilledRule[];
  problems: FieldProblem[];
}

/**
 * The rules of a template with these values. A value that cannot stand where its parameter does is refused with a pointer to
 * `/parameters/<name>`; what else is wrong points into the template, at `/groups/…`.
 */
export function instantiateTemplate(
  document: TemplateDocument,
  given: Readonly<Record<string, unknown>>,
): InstantiatedTemplate {
  const { values, problems } = checkValues(document.parameters, given);
  if (problems.length > 0) {
    return { rules: [], problems: problems.map((each) => ({ ...each, pointer: `/parameters${each.pointer}` })) };
  }
  return fillDocument(document, values);
}

/** Every reason why a template could not be used: its parameters, its placeholders, and what its rules would be. */
export function checkRuleTemplate(document: TemplateDocument): FieldProblem[] {
  const problems = [...parameterProblems(document.parameters), ...keyProblems(document)];
  if (problems.length > 0) return problems;
  const samples = new Map(document.parameters.map((parameter) => [parameter.name, sampleOf(parameter)]));
  const found = fillDocument(document, samples).problems;
  // A sample is nobody's value: a fault it causes is the template's to explain.
  return found.map((problem) =>
    problem.pointer.startsWith('/parameters/') ? { ...problem, pointer: '/parameters' } : problem,
  );
}

function fillDocument({ parameters, groups }: TemplateDocument, values: CheckedValues): InstantiatedTemplate {
  const byName = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  const rules: FilledRule[] = [];
  const problems: FieldProblem[] = [];
  for (const [groupIndex, group] of groups.entries()) {
    const at = pointerTo('groups', groupIndex);
    const name = fillPlain(group.name, { parameters: byName, values, kept: new Set() });
    if (name.fault !== null) problems.push({ pointer: `${at}/name`, code: name.fault.code, detail: name.fault.detail });
    for (const [position, rule] of group.rules.entries()) {
      const result = fillRule(rule, { group: name.text ?? '', position }, { parameters: byName, values });
      if (result.filled) rules.push(result.filled);
      for (const { parameter, pointer, code, detail } of result.problems) {
        const inRule = `${at}/rules/${position}${pointer}`;
        problems.push({
          pointer: parameter === null ? inRule : pointerTo('parameters', parameter),
          code,
          detail: parameter === null ? detail : `at ${inRule}: ${detail}`,
        });
      }
    }
  }
  return problems.length > 0 ? { rules: [], problems } : { rules, problems };
}

function parameterProblems(parameters: readonly TemplateParameter[]): FieldProblem[] {
  if (parameters.length > MOST_PARAMETERS) {
    const detail = `${parameters.length} parameters, at most ${MOST_PARAMETERS} are taken`;
    return [{ pointer: '/parameters', code: 'too_many', detail }];
  }
  const seen = new Set<string>();
  return parameters.flatMap((parameter, index) => {
    const at = (field: string): string => pointerTo('parameters', index, field);
    const problems: FieldProblem[] = [];
    if (!PARAMETER_NAME.test(parameter.name)) {
      const detail = 'lower-case letters, digits and underscores, a letter first, at most 63';
      problems.push({ pointer: at('name'), code: 'bad_name', detail });
    }
    if (seen.has(parameter.name)) {
      problems.push({ pointer: at('name'), code: 'duplicate', detail: 'another parameter has this name' });
    }
    seen.add(parameter.name);
    const shape = shapeProblems(parameter, at);
    problems.push(...shape);
    const isSet = parameter.default !== undefined && parameter.default !== null;
    const fault = isSet && shape.length === 0 ? valueFault(parameter, parameter.default) : null;
    if (fault) problems.push({ pointer: at('default'), ...fault });
    return problems;
  });
}

/** Whether bounds, choices and pattern belong to the type and can be read. */
function shapeProblems(parameter: TemplateParameter, at: (field: string) => string): FieldProblem[] {
  const { type, choices, pattern } = parameter;
  const problems: FieldProblem[] = [];
  const refuse = (field: string, detail: string): void => {
    problems.push({ pointer: at(field), code: 'bad_parameter', detail });
  };
  for (const field of ['minimum', 'maximum'] as const) {
    const bound = parameter[field];
    if (bound === undefined || bound === null) continue;
    const isReadable =
      type === 'number'
        ? typeof bound === 'number' && Number.isFinite(bound)
        : type === 'duration' && isDuration(bound);
    if (!isReadable) refuse(field, 'a number has bounds that are numbers, a duration such that are durations');
  }
  if (type === 'enum') {
    if (!choices || choices.length === 0 || new Set(choices).size < choices.length)
      refuse('choices', 'an enum has choices, each once');
  } else if (choices) refuse('choices', 'only an enum has choices');
  if (pattern) {
    if (type !== 'string' && type !== 'label_value') refuse('pattern', 'only a string or label_value has a pattern');
    else if (regexFault(pattern)) refuse('pattern', `"${excerpt(pattern)}" is not a regular expression (RE2)`);
  }
  return problems;
}

const isDuration = (value: ParameterValue): boolean => typeof value === 'string' && parseDuration(value) !== null;

function keyProblems({ groups }: TemplateDocument): FieldProblem[] {
  const count = groups.reduce((sum, { rules }) => sum + rules.length, 0);
  if (count === 0) return [{ pointer: '/groups', code: 'required', detail: 'a template has at least one rule' }];
  if (count > MOST_TEMPLATE_RULES) {
    const detail = `${count} rules, at most ${MOST_TEMPLATE_RULES} are taken`;
    return [{ pointer: '/groups', code: 'too_many', detail }];
  }
  const seen = new Set<string>();
  return groups.flatMap((group, groupIndex) =>
    group.rules.flatMap((rule, index): FieldProblem[] => {
      const key = ruleKey(rule);
      if (!seen.has(key)) {
        seen.add(key);
        return [];
      }
      const detail = 'another rule of the template has this key; rules of the same name need keys of their own';
      return [{ pointer: pointerTo('groups', groupIndex, 'rules', index, 'key'), code: 'duplicate', detail }];
    }),
  );
}

/** A value of the parameter's type to try the template with. */
function sampleOf(parameter: TemplateParameter): ParameterValue {
  const { type, minimum, maximum, choices } = parameter;
  const chosen = parameter.default ?? minimum ?? maximum ?? choices?.[0];
  if (chosen !== undefined && chosen !== null) return chosen;
  return type === 'number' ? 1 : type === 'duration' ? '5m' : 'x';
}
