import type { RevisionRule, RuleReport, SidecarReport } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import type { ConfigKey } from '../revisions/config-key';
import { RevisionsStore } from '../revisions/revisions.store';
import { ServedRevisions } from '../serving/served-revisions';

/** What a report proves. */
export interface Evidence {
  /** The report's rules; those without an id have got the one that the revision gives them. */
  rules: RuleReport[];
  /** The member runs exactly the served revision: rules it does not show are proven gone. */
  exact: boolean;
}

/** Holds reports against the revisions they speak of. */
@Injectable()
export class ReportEvidence {
  constructor(
    private readonly served: ServedRevisions,
    private readonly revisions: RevisionsStore,
  ) {}

  /** Errors: ServiceError `unavailable` when the database is needed and away. */
  async of(key: ConfigKey, report: SidecarReport): Promise<Evidence> {
    const served = await this.servedAtLeast(key, report.revision ?? 0);
    const exact = served !== null && isExact(report, served);
    if (report.rules.every((rule) => rule.rule_id)) return { rules: report.rules, exact };
    const isServed = served !== null && served.revision === report.revision;
    const manifest = isServed ? served.manifest : await this.manifestOf(key, report.revision ?? 0);
    return { rules: withIds(report.rules, manifest), exact };
  }

  /** A sidecar may have fetched from another replica what this one has not noticed yet. */
  private async servedAtLeast(key: ConfigKey, revision: number): Promise<Served | null> {
    const known = await this.served.current(key);
    if (known && known.served.revision >= revision) return known.served;
    await this.served.load(key);
    return (await this.served.current(key))?.served ?? null;
  }

  private async manifestOf(key: ConfigKey, revision: number): Promise<readonly RevisionRule[]> {
    return revision > 0 ? ((await this.revisions.manifest(key, revision)) ?? []) : [];
  }
}

/** The part of a served revision that reports are held against. */
export interface Served {
  revision: number;
  hash: string;
  manifest: readonly RevisionRule[];
}

/**
 * Whether the report proves that the member runs this revision and nothing else: its file has the revision's hash, and
 * the rules it read back are the revision's, each by id and version as the member itself showed them.
 */
export function isExact(report: SidecarReport, served: Served): boolean {
  if (report.state !== 'loaded' && report.state !== 'live') return false;
  if (report.revision !== served.revision || report.hash !== served.hash) return false;
  if (report.rules.length !== served.manifest.length) return false;
  // Recording rules cannot say who they are; the sidecar calls none loaded unless everything else in the file is.
  const recording = served.manifest.filter(({ kind }) => kind === 'recording');
  const named = withIds(report.rules, recording);
  const shown = new Set(named.map((rule) => `${rule.rule_id} ${rule.rule_version}`));
  return (
    shown.size === served.manifest.length &&
    served.manifest.every((rule) => shown.has(`${rule.rule_id} ${rule.rule_version}`))
  );
}

/**
 * Gives rules reported without an id (recording rules; rules of a file that could not be read back) the one of the rule in their
 * place. Rules that share a place get theirs by order, which is the file's, where all of them are recording rules.
 */
export function withIds(rules: readonly RuleReport[], manifest: readonly RevisionRule[]): RuleReport[] {
  const byPlace = new Map<string, RevisionRule[]>();
  const claimed = new Set(rules.flatMap(({ rule_id }) => rule_id ?? []));
  for (const rule of manifest) {
    if (claimed.has(rule.rule_id)) continue;
    byPlace.set(placeOf(rule), [...(byPlace.get(placeOf(rule)) ?? []), rule]);
  }
  return rules.map((rule) => {
    const candidates = byPlace.get(placeOf(rule)) ?? [];
    const isClear = candidates.length === 1 || candidates.every(({ kind }) => kind === 'recording');
    if (rule.rule_id || candidates.length === 0 || !isClear) return rule;
    const [next, ...others] = candidates as [RevisionRule, ...RevisionRule[]];
    byPlace.set(placeOf(rule), others);
    return { ...rule, rule_id: next.rule_id, rule_version: rule.rule_version ?? next.rule_version };
  });
}

const placeOf = ({ group, name }: { group: string; name: string }): string => JSON.stringify([group, name]);
