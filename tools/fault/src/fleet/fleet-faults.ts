import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Random } from '../random';
import { badAnswers, cutAnywhere } from '../sidecars/bad-answers';
import type { Tamper } from '../sidecars/tampering-proxy';
import type { FleetKind, FleetMember } from './fleet-member';

/** Something that is wrong with one member: it begins, lasts, and is lifted. */
export interface FleetFault {
  name: string;
  /** The members it can happen to; all unless told. */
  kinds?: readonly FleetKind[];
  begin(member: FleetMember, random: Random): Promise<unknown> | void;
  lift(member: FleetMember): Promise<unknown> | void;
}

const HOUR_MS = 3_600_000;
const EVALUATING: readonly FleetKind[] = ['prometheus', 'vmalert'];
/** A file of somebody else beside ours, whose groups have one name. */
const TWO_GROUPS = '[{ name: twice, rules: [] }, { name: twice, rules: [] }]';

/** What is sent to a member instead of the file, as long as it lasts. */
const spoiled = (name: string, tamperOf: (random: Random) => Tamper): FleetFault => ({
  name,
  begin: ({ downloads }, random) => downloads.spoilAll(tamperOf(random)),
  lift: ({ downloads }) => downloads.spoilAll(null),
});

const bad =
  (name: string) =>
  (random: Random): Tamper => {
    const tamper = badAnswers(random, () => {
      throw new Error('no first answer is kept here');
    })[name];
    if (!tamper) throw new Error(`there is no bad answer called ${name}`);
    return tamper;
  };

/** The twelve kinds. */
export const FLEET_FAULTS: readonly FleetFault[] = [
  {
    name: 'reload 500',
    begin: ({ reloads }) => void (reloads.refuses = true),
    lift: ({ reloads }) => void (reloads.refuses = false),
  },
  {
    name: 'wrong glob',
    kinds: ['prometheus'],
    begin: (member) => matching(member, 'nothing-*.yml'),
    lift: (member) => matching(member, '*.yml'),
  },
  spoiled('half file', cutAnywhere),
  spoiled('empty body', bad('empty')),
  spoiled('HTML 200', bad('HTML under the right headers')),
  spoiled('wrong hash', bad('another hash')),
  spoiled('wrong signature', bad('another signature')),
  {
    name: 'duplicate group',
    kinds: EVALUATING,
    begin: (member) => writeFileSync(neighbourOf(member), `groups: ${TWO_GROUPS}\n`),
    lift: (member) => rmSync(neighbourOf(member)),
  },
  {
    name: 'replica down',
    begin: async ({ target }) => {
      target.kill('SIGKILL');
      await target.exited;
    },
    lift: ({ target }) => target.restart(),
  },
  {
    name: 'stale replica',
    begin: ({ reloads, sidecar }, random) => {
      if (random.chance(0.5)) reloads.swallows = true;
      else sidecar.kill('SIGSTOP');
    },
    lift: ({ reloads, sidecar }) => {
      reloads.swallows = false;
      sidecar.kill('SIGCONT');
    },
  },
  {
    name: 'clock skew',
    begin: ({ clock }, random) => clock.step(random.pick([-2, -1, 1, 2]) * HOUR_MS),
    lift: ({ clock }) => clock.step(0),
  },
  {
    name: 'disk full',
    begin: ({ disk }, random) => disk.fill(random.pick([0, 4_096])),
    lift: ({ disk }) => disk.release(),
  },
];

/** Lets its Prometheus read other files than ours, from its next reload on. */
function matching({ file, target }: FleetMember, pattern: string): void {
  const { configFile = '' } = target;
  const configuration = JSON.parse(readFileSync(configFile, 'utf8')) as object;
  writeFileSync(configFile, JSON.stringify({ ...configuration, rule_files: [join(dirname(file), pattern)] }));
}

const neighbourOf = ({ file }: FleetMember): string => join(dirname(file), 'zz-of-somebody-else.yml');
