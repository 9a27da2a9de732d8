import { formatDuration } from '../../durations';
import type { RuleCheck } from './check';

/** Rules are looked at once per interval, so `for` is in effect rounded up to a multiple of it. */
export const forNotMultipleOfInterval: RuleCheck = {
  name: 'for-not-multiple-of-interval',
  severity: 'info',
  find(rule) {
    const { intervalMs, forMs } = rule;
    if (!rule.for || intervalMs === null || forMs === 0 || forMs % intervalMs === 0) return [];
    const effective = formatDuration(Math.ceil(forMs / intervalMs) * intervalMs);
    const message = `the group is evaluated every ${formatDuration(intervalMs)}, so this is ${effective} in effect`;
    return [{ message, text: rule.for, at: 0, fix: effective }];
  },
};
