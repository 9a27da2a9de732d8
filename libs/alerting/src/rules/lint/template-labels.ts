import type { RuleSubject } from './subject';
import type { PlacedText } from '../validate/problem';

/** A label of the alert that a template shows. */
export interface ShownLabel {
  name: string;
  text: PlacedText;
  offset: number;
}

/** The labels that the templates of a rule show, as `$labels.name` or `.Labels.name`. */
export function shownLabels({ templates }: RuleSubject): ShownLabel[] {
  return templates.flatMap(({ pair, uses }) =>
    uses.flatMap((use, index) => {
      const isLabels =
        (use.kind === 'variable' && use.name === '$labels') || (use.kind === 'field' && use.name === 'Labels');
      const next = uses[index + 1];
      const length = use.kind === 'field' ? use.name.length + 1 : use.name.length;
      const follows = isLabels && next?.kind === 'field' && next.offset === use.offset + length;
      return follows ? [{ name: next.name, text: pair.value, offset: use.offset }] : [];
    }),
  );
}
