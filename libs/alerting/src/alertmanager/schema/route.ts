import { all, bool, list, map, struct, text } from './fields';
import type { MapType, StructType } from './go-type';
import { equalLabel, groupLabelFault, interval, LABEL_NAME, matcher, pattern } from './values';
import { excerpt } from '../../problems';

const classicName = (name: string): string | null =>
  LABEL_NAME.test(name)
    ? null
    : `"${excerpt(name)}" is no name of a label of Prometheus 2, which is all that is known here`;

/** Labels with the values they must have. */
const match: MapType = map(text, classicName);
/** Labels with patterns; an empty entry is refused, an empty text matches nothing but itself. */
const matchPatterns: MapType = map(pattern, (name, value) => {
  if (value === null) return `"${excerpt(name)}" needs a regular expression`;
  return classicName(name);
});
const matchers = list(matcher);

/** A node of the routing tree. */
export const route: StructType = struct(
  () => ({
    receiver: { type: text },
    group_by: { type: list(text) },
    match: { type: match },
    match_re: { type: matchPatterns },
    matchers: { type: matchers },
    ...all(list(text), 'mute_time_intervals active_time_intervals'),
    continue: { type: bool },
    routes: { type: list(() => route, { refusesNull: true }) },
    ...all(interval, 'group_wait group_interval repeat_interval'),
  }),
  (values, report, context) => {
    const names = values.list('group_by').map((name) => (typeof name === 'string' ? name : ''));
    const labels = names.filter((name) => name !== '...');
    for (const label of labels) {
      const fault = groupLabelFault(label, context);
      if (fault !== null) report('group_by', fault, 'group_by');
    }
    if (labels.length > 0 && names.includes('...')) {
      report('group_by', '"..." groups by all labels and cannot stand beside others', 'group_by');
    }
    const twice = labels.find((label, index) => labels.indexOf(label) !== index);
    if (twice !== undefined) report('group_by', `"${excerpt(twice)}" is named twice`, 'group_by');
    for (const field of ['group_interval', 'repeat_interval']) {
      if (/^(?:0(?:y|w|d|h|m|s|ms)?)+$/.test(values.text(field))) report('value', `${field} must not be 0`, field);
    }
  },
);

/** Which alerts hide which others. */
export const inhibitRule = struct({
  ...all(match, 'source_match target_match'),
  ...all(matchPatterns, 'source_match_re target_match_re'),
  ...all(matchers, 'source_matchers target_matchers'),
  equal: { type: list(equalLabel) },
  name: { type: text, since: 30 },
});
