/** The programs whose configuration is written here. */
export type TargetProgram = 'prometheus' | 'vmalert' | 'alertmanager';

/** From which version on a program can do what not every version in use can. */
const SINCE: Readonly<Record<TargetProgram, Readonly<Record<string, readonly [number, number]>>>> = {
  prometheus: {
    keep_firing_for: [2, 42],
    query_offset: [2, 53],
    group_labels: [3, 0],
    utf8_names: [3, 0],
  },
  vmalert: { keep_firing_for: [1, 92] },
  alertmanager: {
    url_file: [0, 26],
    utf8_matchers: [0, 27],
    webhook_timeout: [0, 28],
    notification_reason: [0, 32],
    webhook_payload: [0, 32],
  },
};

/** What a program of this version can do, by name; nothing is claimed for a version that cannot be read. */
export function capabilitiesOf(program: TargetProgram | null, version: string | null): string[] {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version ?? '') ?? [];
  if (program === null || major === undefined || minor === undefined) return [];
  const own = [Number(major), Number(minor)] as const;
  return Object.entries(SINCE[program])
    .filter(([, [sinceMajor, sinceMinor]]) => own[0] > sinceMajor || (own[0] === sinceMajor && own[1] >= sinceMinor))
    .map(([name]) => name);
}
