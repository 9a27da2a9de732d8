import type { LoadProof, RuleStanding } from './rule-proof';
import type { ConfigContent, ReloadAnswer, Target, TargetHealth } from './target';

/** One of several programs that read the same file. */
export interface GroupMember {
  /** Host and port, as told in reasons. */
  name: string;
  target: Target;
}

/** Worst first: what one of them says is what is said about all. */
const ANSWERS: readonly ReloadAnswer['kind'][] = ['refused', 'hung', 'unusable', 'unreachable', 'accepted'];
const STANDINGS: readonly RuleStanding['standing'][] = ['failed', 'missing', 'loaded', 'live'];

/**
 * Several targets that read one file, such as the replicas of a Prometheus: reloaded together, and nothing is loaded
 * or live before it is so in each of them.
 */
export class TargetGroup implements Target {
  /** When each accepted the last reload, by its own clock, which also dates its evaluations. */
  private readonly accepted = new Map<string, number | null>();

  constructor(private readonly members: readonly [GroupMember, ...GroupMember[]]) {}

  get check(): Target['check'] {
    return this.members[0].target.check;
  }

  get minimalConfig(): Buffer {
    return this.members[0].target.minimalConfig;
  }

  get longestRetry(): number {
    return this.members[0].target.longestRetry;
  }

  get isExact(): boolean {
    return this.members[0].target.isExact;
  }

  async reload(): Promise<ReloadAnswer> {
    const answers = await Promise.all(
      this.members.map(async ({ name, target }) => {
        const answer = await target.reload();
        if (answer.kind === 'accepted') this.accepted.set(name, answer.at);
        return answer.kind === 'accepted' ? answer : { ...answer, reason: `${name}: ${answer.reason}` };
      }),
    );
    return worst(answers, (answer) => ANSWERS.indexOf(answer.kind));
  }

  async prove(content: ConfigContent, since: number | null): Promise<LoadProof> {
    const proofs = await Promise.all(
      this.members.map(async ({ name, target }) => {
        const proof = await target.prove(content, since === null ? null : (this.accepted.get(name) ?? null));
        return proof.detail === null ? proof : { ...proof, detail: `${name}: ${proof.detail}` };
      }),
    );
    return {
      loaded: proofs.every((proof) => proof.loaded),
      detail: proofs.find((proof) => !proof.loaded)?.detail ?? null,
      rules: content.rules.map((_rule, index) => together(proofs.flatMap((proof) => proof.rules[index] ?? []))),
    };
  }

  /** Healthy when all are; the slowest answer and the worst clock count, and versions that differ are all named. */
  async health(): Promise<TargetHealth> {
    const all = await Promise.all(this.members.map(({ target }) => target.health()));
    const healthy = all.every((each) => each.healthy);
    const versions = [...new Set(all.flatMap(({ version }) => version ?? []))];
    const kinds = [...new Set(all.flatMap(({ kind }) => kind ?? []))];
    const clocks = all.flatMap(({ clock_ahead_ms }) => clock_ahead_ms ?? []);
    return {
      healthy,
      response_ms: healthy ? Math.max(...all.map((each) => each.response_ms ?? 0)) : null,
      // What differs has no name; it is not told rather than told of one of them.
      kind: kinds.length === 1 ? (kinds[0] ?? null) : null,
      version: versions.length === 0 ? null : versions.join(', '),
      clock_ahead_ms: clocks.length === 0 ? null : worst(clocks, (ahead) => -Math.abs(ahead)),
    };
  }
}

/** How one rule stands in all of them: as in the one furthest behind, with what most fire and the slowest takes. */
function together(entries: readonly RuleStanding[]): RuleStanding {
  const seconds = entries.flatMap(({ evaluationSeconds }) => evaluationSeconds ?? []);
  return {
    ...worst(entries, ({ standing }) => STANDINGS.indexOf(standing)),
    evaluationSeconds: seconds.length === 0 ? null : Math.max(...seconds),
    firing: Math.max(...entries.map(({ firing }) => firing)),
  };
}

function worst<T>(all: readonly T[], rank: (each: T) => number): T {
  const [first, ...rest] = all;
  if (first === undefined) throw new Error('a group without members');
  return rest.reduce((found, each) => (rank(each) < rank(found) ? each : found), first);
}
