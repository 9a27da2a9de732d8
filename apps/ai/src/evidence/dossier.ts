import { checkClaims, evidenceHash, type CheckedClaim, type Claim, type EvidenceItem } from '@alertagent/alerting';
import { listRuleVersions, ServiceError } from '@alertagent/contracts';
import { Bus } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { Evidence } from '../analysts/evidence';
import { RelatedMetrics } from './related-metrics';

const VERSIONS_MS = 1_000;
const VERSIONS = 5;

/** Makes items with ids of what was collected about an alert, and holds what an analyst claims against them. */
@Injectable()
export class Dossier {
  constructor(
    private readonly metrics: RelatedMetrics,
    private readonly bus: Bus,
  ) {}

  /** What an analyst may cite. What cannot be had is left out. */
  async of(evidence: Evidence): Promise<EvidenceItem[]> {
    const { subject, rule } = evidence;
    const [metrics, versions] = await Promise.all([
      this.metrics.of(subject, rule),
      rule === null ? null : this.versionsOf(rule.id),
    ]);
    return [
      ...atHand(evidence),
      ...(rule === null || versions === null
        ? []
        : [
            {
              id: 'v1',
              kind: 'rule_versions' as const,
              title: 'Last changes of the rule',
              query: rule.id,
              value: versions,
            },
          ]),
      ...metrics,
    ];
  }

  /** Looks up again what the claims cite, and checks them. */
  async check(claims: readonly Claim[], items: readonly EvidenceItem[]): Promise<CheckedClaim[]> {
    const cited = new Set(claims.flatMap(({ evidence }) => evidence));
    const again = new Map<string, string | null>();
    await Promise.all(
      items
        .filter(({ id }) => cited.has(id))
        .map(async (item) => {
          const value = await this.again(item);
          again.set(item.id, value === null ? null : evidenceHash(value));
        }),
    );
    return checkClaims(claims, items, again);
  }

  private async again(item: EvidenceItem): Promise<unknown> {
    if (item.kind === 'metrics') return this.metrics.again(item);
    if (item.kind === 'rule_versions') return this.versionsOf(item.query!);
    // AlertAgent had it at hand, and nobody else could have changed it.
    return item.value;
  }

  private async versionsOf(id: string): Promise<object[] | null> {
    try {
      const page = await this.bus.request(listRuleVersions, { id, limit: VERSIONS }, { timeoutMs: VERSIONS_MS });
      return page.items.map(({ version, change, author, reason, created_at, rule }) => ({
        version,
        change,
        author,
        reason: reason ?? null,
        created_at,
        expression: rule.expression,
        for: rule.duration ?? null,
      }));
    } catch (error) {
      if (error instanceof ServiceError) return null;
      throw error;
    }
  }
}

function atHand({ subject, rule, similar, knowledge }: Evidence): EvidenceItem[] {
  const { alert, clusterName } = subject;
  const { name, severity, labels, annotations, starts_at } = alert;
  return [
    {
      id: 'a1',
      kind: 'alert',
      title: 'The alert',
      query: null,
      value: { name, severity: severity ?? null, cluster: clusterName, labels, annotations, starts_at },
    },
    ...(rule === null
      ? []
      : [
          {
            id: 'r1',
            kind: 'rule' as const,
            title: 'The rule that raised it',
            query: null,
            value: { name: rule.name, expression: rule.expression, for: rule.duration ?? null, version: rule.version },
          },
        ]),
    ...similar.map((incident, index) => ({
      id: `s${index + 1}`,
      kind: 'similar_incidents' as const,
      title: 'A similar incident',
      query: null,
      value: {
        incident_id: incident.id,
        title: incident.title,
        similarity: incident.similarity,
        opened_at: incident.openedAt.toISOString(),
        resolved_at: incident.resolvedAt?.toISOString() ?? null,
      },
    })),
    ...knowledge.map(({ document_id, version, title, kind, heading, passage }, index) => ({
      id: `k${index + 1}`,
      kind: 'knowledge' as const,
      title: 'What is known',
      query: null,
      value: { document_id, version, title, kind, heading, passage },
    })),
  ];
}
