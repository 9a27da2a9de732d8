import type { SilenceView } from '@alertagent/contracts';
import type { HeldSilence } from './alertmanager-answers';
import type { Member } from './member';
import { unmarked } from './silence-marker';

/** A silence as somebody lists it, its marker apart from its comment. */
export interface KnownSilence extends HeldSilence {
  marker: string | null;
  /** Addresses of those who list it. */
  members: string[];
}

/** What several members of a mesh, or of all meshes, list, each silence once and as it was changed last. */
export function mergedSilences(lists: readonly { member: Member; value: readonly HeldSilence[] }[]): KnownSilence[] {
  const known = new Map<string, KnownSilence>();
  for (const { member, value } of lists) {
    for (const silence of value) {
      const before = known.get(silence.id);
      const members = [...(before?.members ?? []), member.address];
      // Times have up to nine decimals; to the millisecond is enough, since both are the same silence.
      const isNewer = !before || Date.parse(silence.updatedAt) > Date.parse(before.updatedAt);
      known.set(silence.id, isNewer ? { ...silence, ...unmarked(silence.comment), members } : { ...before, members });
    }
  }
  return [...known.values()];
}

export const isLiving = ({ state }: Pick<HeldSilence, 'state'>): boolean => state !== 'expired';

/** Silences that are one: written with one marker to several meshes, or followed by another when they were changed. */
export function asOne(silences: readonly KnownSilence[]): KnownSilence[][] {
  const groups = new Map<string, KnownSilence[]>();
  for (const silence of silences) {
    const key = silence.marker ?? silence.id;
    groups.set(key, [...(groups.get(key) ?? []), silence]);
  }
  return [...groups.values()].map(inOrder);
}

/** Shows silences that are one. */
export function silenceView(
  { clusterId, cluster }: Pick<Member, 'clusterId' | 'cluster'>,
  one: KnownSilence[],
): SilenceView {
  const [shown, ...others] = inOrder(one);
  const { id, state, matchers, startsAt, endsAt, updatedAt, createdBy, comment, marker } = shown!;
  return {
    cluster_id: clusterId,
    cluster,
    id,
    other_ids: others.filter((other) => isLiving(other) === isLiving(shown!)).map((other) => other.id),
    state,
    matchers,
    starts_at: startsAt,
    ends_at: endsAt,
    updated_at: updatedAt,
    created_by: createdBy,
    comment,
    by_alertagent: marker !== null,
    members: [...new Set(one.flatMap(({ members }) => members))].sort(),
  };
}

/** The living first, then by id; of those that have ended, the one that ended last. */
function inOrder(one: readonly KnownSilence[]): KnownSilence[] {
  return [...one].sort((a, b) => {
    if (isLiving(a) !== isLiving(b)) return isLiving(a) ? -1 : 1;
    if (!isLiving(a) && a.updatedAt !== b.updatedAt) return a.updatedAt > b.updatedAt ? -1 : 1;
    return a.id < b.id ? -1 : 1;
  });
}
