import { checkTemplate } from '../template-text';
import { failed, undeclared, type Filled, type FillFault, type Filling, type Parameters } from './filling';
import { fill, placeholdersIn, type Placeholder } from './placeholders';

/**
 * Puts values into the text of a label or annotation, which Prometheus reads as a template. A value is text there and
 * never an action: one that holds a brace is written as a string of the template language. Inside an action only
 * numbers are put.
 */
export function fillText(template: string, { parameters, values, kept }: Filling): Filled {
  const actions = actionsIn(template);
  const places = placeholdersIn(template);
  for (const place of places) {
    const fault = placeFault(template, place, { parameters, isInAction: isInside(place, actions) });
    if (fault) return failed(fault);
  }
  const written = ({ name }: Placeholder): string => {
    const value = String(values.get(name)!);
    return value.includes('{') ? `{{ ${JSON.stringify(value)} }}` : value;
  };
  const { text, spans } = fill(template, places, written);
  const { fault } = checkTemplate(text);
  const keeping = (place: Placeholder): string => (kept.has(place.name) ? `\${${place.name}}` : written(place));
  if (fault === null) return { text, keeping: fill(template, places, keeping).text, fault: null };
  const names = new Set(spans.filter(({ place }) => !place.escaped).map(({ place }) => place.name));
  const isSound = checkTemplate(template).fault === null;
  return failed({
    code: 'bad_template',
    detail: fault,
    parameter: isSound && names.size === 1 ? [...names][0]! : null,
  });
}

/** Puts values into a text that no one reads as a template, such as a name. */
export function fillPlain(template: string, { parameters, values }: Filling): Filled {
  const places = placeholdersIn(template);
  const foreign = places.find(({ name, escaped }) => !escaped && !parameters.has(name));
  if (foreign) return failed(undeclared(foreign.name));
  const { text } = fill(template, places, ({ name }) => String(values.get(name)!));
  return { text, keeping: text, fault: null };
}

/** Puts a value into a duration: a text without placeholders, or one that is a single placeholder of a duration. */
export function fillDuration(template: string, { parameters, values, kept }: Filling): Filled {
  const [place] = placeholdersIn(template);
  if (!place) return { text: template, keeping: template, fault: null };
  const parameter = parameters.get(place.name);
  if (!parameter) return failed(undeclared(place.name));
  if (parameter.type !== 'duration' || place.escaped || place.from !== 0 || place.to !== template.length) {
    const detail = 'a duration is written out, or is one ${…} of a duration parameter and nothing else';
    return failed({ code: 'misplaced', detail, parameter: null });
  }
  const text = String(values.get(place.name)!);
  return { text, keeping: kept.has(place.name) ? template : text, fault: null };
}

interface Extent {
  from: number;
  to: number;
}

const isInside = ({ from }: Extent, actions: readonly Extent[]): boolean =>
  actions.some((action) => from > action.from && from < action.to);

/** The `{{ … }}` of a template, strings inside them taken into account. */
function actionsIn(template: string): Extent[] {
  const actions: Extent[] = [];
  let from = template.indexOf('{{');
  while (from !== -1) {
    const rest = /^\{\{(?:"(?:[^"\\\n]|\\.)*"|`[^`]*`|(?!\}\})[^])*\}\}/.exec(template.slice(from));
    const to = rest ? from + rest[0].length : template.length;
    actions.push({ from, to });
    from = template.indexOf('{{', to);
  }
  return actions;
}

function placeFault(
  template: string,
  { name, from, to, escaped }: Placeholder,
  { parameters, isInAction }: { parameters: Parameters; isInAction: boolean },
): FillFault | null {
  if (escaped) return null;
  const parameter = parameters.get(name);
  if (!parameter) return undeclared(name);
  const stands = (detail: string): FillFault => ({ code: 'misplaced', detail, parameter: null });
  if (parameter.type === 'regex') return stands(`\${${name}} is a regular expression, it stands in expressions only`);
  if (!isInAction) {
    // Together they could open an action.
    return template[from - 1] === '{' ? stands(`a "{" must not touch \${${name}}`) : null;
  }
  const isApart = /[\s(]/.test(template[from - 1] ?? '') && /[\s)|}]/.test(template[to] ?? '');
  return parameter.type === 'number' && isApart
    ? null
    : stands(`inside {{ }} only a number can be put, apart from other words; \${${name}} is not`);
}
