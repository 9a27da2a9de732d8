import type { Stand } from '../stand';

/** A rule of our file as Prometheus shows it. */
export interface ShownRule {
  name: string;
  version: number;
}

/** The rules that a target shows for a file. Errors: it does not answer. */
export async function shownRules(url: string, file: string): Promise<ShownRule[]> {
  const response = await fetch(`${url}/api/v1/rules`, { signal: AbortSignal.timeout(5_000) });
  const { data } = (await response.json()) as {
    data: { groups: { file: string; rules: { name: string; annotations?: Record<string, string> }[] }[] };
  };
  return data.groups
    .filter((group) => group.file === file)
    .flatMap(({ rules }) => rules)
    .map(({ name, annotations }) => ({ name, version: Number(annotations?.['alertagent_rule_version']) }));
}

/** One rule of a cluster that is changed again and again, among others that stay. */
export class ChangedRule {
  readonly name = 'ChangedRule';
  /** Its newest version. */
  version = 1;

  private constructor(
    private readonly stand: Stand,
    private readonly clusterId: string,
    readonly id: string,
    /** Ids of the others. */
    readonly others: readonly string[],
  ) {}

  /** Creates it and `others` more. */
  static async create(stand: Stand, clusterId: string, others: number): Promise<ChangedRule> {
    const ids: string[] = [];
    for (let index = 0; index <= others; index += 1) {
      const name = index === 0 ? 'ChangedRule' : `SteadyRule${index}`;
      const { status, body } = await stand.call<{ id: string }>('POST', '/rules', ruleBody(name, clusterId, 0));
      if (status !== 201) throw new Error(`a rule was not created: ${status} ${JSON.stringify(body)}`);
      ids.push(body.id);
    }
    const [id = '', ...rest] = ids;
    return new ChangedRule(stand, clusterId, id, rest);
  }

  /** Saves another content; `number` is part of it. */
  async change(number: number): Promise<void> {
    const body = ruleBody(this.name, this.clusterId, number);
    const changed = await this.stand.call<{ version: number }>('PUT', `/rules/${this.id}`, body);
    if (changed.status !== 200)
      throw new Error(`the rule was not changed: ${changed.status} ${JSON.stringify(changed.body)}`);
    this.version = changed.body.version;
  }

  /** How its distribution to the cluster stands. */
  async status(): Promise<{ status: string; version: number; reason: string | null }> {
    const { body } = await this.stand.call<{
      targets: { status: string; version: number; reason?: string | null }[];
    }>('GET', `/rules/${this.id}/distribution`);
    const [target] = body.targets;
    return { status: target?.status ?? 'none', version: target?.version ?? 0, reason: target?.reason ?? null };
  }
}

function ruleBody(name: string, clusterId: string, number: number): object {
  return {
    name,
    expression: `vector(0) > ${number + 1}`,
    severity: 'warning',
    annotations: { summary: `number ${number} of ${name}, written to be cut somewhere` },
    targets: [clusterId],
  };
}
