import { excerpt, pointerTo } from '../../problems';
import { rootOf, textsOf, valuesOf, walkRoutes } from '../routing/walk-routes';
import type { Warning, WarningCheck } from './warning';

/**
 * A list that a template printed, such as `[alertname cluster]`, is one label with spaces in its name: it loads since 0.27, and no
 * alert ever has it.
 */
export const printedLists: WarningCheck = (document) => {
  const inRoutes = walkRoutes(rootOf(document)).flatMap(({ node, pointer }) =>
    textsOf(node, 'group_by').flatMap((name, index) => warn(name, `${pointer}${pointerTo('group_by', index)}`)),
  );
  const inRules = document
    .list('inhibit_rules')
    .flatMap((rule, at) =>
      textsOf(valuesOf(rule), 'equal').flatMap((name, index) =>
        warn(name, pointerTo('inhibit_rules', at, 'equal', index)),
      ),
    );
  return [...inRoutes, ...inRules];
};

function warn(name: string, pointer: string): Warning[] {
  const names = name.split(/[\s,]+/).filter((part) => part !== '');
  if (names.length < 2) return [];
  return [
    {
      check: 'printed_list',
      message: `"${excerpt(name)}" is one label with a space in its name, which no alert has`,
      pointer,
      fix: `[${names.map((part) => `'${part}'`).join(', ')}]`,
    },
  ];
}
