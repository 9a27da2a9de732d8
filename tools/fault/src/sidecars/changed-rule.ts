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

/** How one member stands, as `GET /rules/{id}/distribution` tells it. */
export interface ToldMember {
  name: string;
  status: string;
}

/** How one cluster stands, all its members taken together. */
export interface ToldTarget {
  cluster_id: string;
  status: string;
  version: number;
  reason?: string | null;
  members: ToldMember[];
}

/** One rule of some clusters that is changed again and again, among others that stay. */
export class ChangedRule {
  readonly name = 'ChangedRule';
  /** Its newest version. */
  version = 1;
  /** What that one asks, as Prometheus prints it. */
  expression = expressionOf(0);

  private constructor(
    private readonly stand: Stand,
    private readonly clusterIds: readonly string[],
    readonly id: string,
    /** Ids of the others. */
    readonly others: readonly string[],
  ) {}

  /** Creates it and `others` more. */
  static async create(stand: Stand, clusterIds: readonly string[], others: number): Promise<ChangedRule> {
    const ids: string[] = [];
    for (let index = 0; index <= others; index += 1) {
      const name = index === 0 ? 'ChangedRule' : `SteadyRule${index}`;
      const { status, body } = await stand.call<{ id: string }>('POST', '/rules', ruleBody(name, clusterIds, 0));
      if (status !== 201) throw new Error(`a rule was not created: ${status} ${JSON.stringify(body)}`);
      ids.push(body.id);
    }
    const [id = '', ...rest] = ids;
    return new ChangedRule(stand, clusterIds, id, rest);
  }

  /** Saves another content; `number` is part of it. */
  async change(number: number): Promise<void> {
    const body = ruleBody(this.name, this.clusterIds, number);
    const changed = await this.stand.call<{ version: number }>('PUT', `/rules/${this.id}`, body);
    if (changed.status !== 200)
      throw new Error(`the rule was not changed: ${changed.status} ${JSON.stringify(changed.body)}`);
    this.version = changed.body.version;
    this.expression = expressionOf(number);
  }

  /** How its distribution stands, cluster by cluster. */
  async distribution(): Promise<ToldTarget[]> {
    const { body } = await this.stand.call<{ targets: ToldTarget[] }>('GET', `/rules/${this.id}/distribution`);
    return body.targets;
  }

  /** How its distribution to the only cluster stands. */
  async status(): Promise<{ status: string; version: number; reason: string | null }> {
    const [target] = await this.distribution();
    return { status: target?.status ?? 'none', version: target?.version ?? 0, reason: target?.reason ?? null };
  }
}

const expressionOf = (number: number): string => `vector(0) > ${number + 1}`;

function ruleBody(name: string, clusterIds: readonly string[], number: number): object {
  return {
    name,
    expression: expressionOf(number),
    severity: 'warning',
    annotations: { summary: `number ${number} of ${name}, written to be cut somewhere` },
    targets: clusterIds,
  };
}
