import type { SidecarState } from '@alertagent/contracts';
import type { MemberStanding } from './members.store';

/** What a history is told by. */
type Told = Pick<MemberStanding, 'state' | 'revision' | 'hash' | 'reason' | 'driftRepaired' | 'trustedKey'>;

/** States in which a change is over, one way or the other. */
const LASTING: readonly SidecarState[] = ['loaded', 'live', 'failed'];

/** Whether a report belongs into the history: steps on the way do only when they say why they go no further. */
export function isChange(before: Told | null, after: Told): boolean {
  const isRepair = (after.driftRepaired ?? 0) > (before?.driftRepaired ?? 0);
  const lasts = LASTING.includes(after.state) || after.reason !== null;
  return isRepair || wentOver(before, after) || (lasts && !isSame(before, after));
}

/** It trusts another key than the one it told of before. */
function wentOver(before: Told | null, after: Told): boolean {
  return Boolean(before?.trustedKey) && after.trustedKey !== null && before?.trustedKey !== after.trustedKey;
}

function isSame(before: Told | null, after: Told): boolean {
  return (
    before !== null &&
    before.state === after.state &&
    before.revision === after.revision &&
    before.hash === after.hash &&
    before.reason === after.reason
  );
}
