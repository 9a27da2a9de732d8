import { pointerTo } from '../../problems';
import { rootOf, valuesOf, walkRoutes } from '../routing/walk-routes';
import type { Warning, WarningCheck } from './warning';

/** Fields that newer ones replaced. All versions still load them. */
export const outdatedFields: WarningCheck = (document) => {
  const warn = (pointer: string, instead: string): Warning => ({
    check: 'outdated_field',
    message: `is outdated; use ${instead}`,
    pointer,
    fix: instead,
  });
  const inRoutes = walkRoutes(rootOf(document)).flatMap(({ node, pointer }) =>
    ['match', 'match_re'].filter((name) => node.has(name)).map((name) => warn(`${pointer}/${name}`, 'matchers')),
  );
  const inRules = document
    .list('inhibit_rules')
    .flatMap((item, index) =>
      ['source_match', 'source_match_re', 'target_match', 'target_match_re']
        .filter((name) => valuesOf(item).has(name))
        .map((name) => warn(pointerTo('inhibit_rules', index, name), `${name.slice(0, 6)}_matchers`)),
    );
  const named = document.has('mute_time_intervals') ? [warn('/mute_time_intervals', 'time_intervals')] : [];
  return [...inRoutes, ...inRules, ...named];
};
