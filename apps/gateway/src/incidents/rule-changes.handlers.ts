import { parseDuration } from '@alertagent/alerting';
import { rulePublished, ruleWithdrawn, type RulePublished, type RuleWithdrawn } from '@alertagent/contracts';
import { Clock, Inbox, OnEvent, type Delivery } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { DataSource, LessThan, type EntityManager } from 'typeorm';
import { IncidentTimelineStore } from './incident-timeline.store';
import { Incident } from './incident.entity';
import { RuleChange } from './rule-change.entity';

/** Changes are of interest for a day; they are kept for those who look into what happened. */
const KEPT_MS = 7 * 24 * 3_600_000;
const FORGET_EVERY_MS = 60_000;
/** Incidents of one rule that are annotated; a rule with more has other troubles. */
const MOST_ANNOTATED = 200;

/** Takes in that rules were edited or withdrawn: their incidents say so, and the pipeline knows why their alerts end. */
@Controller()
export class RuleChangesHandlers {
  /** Epoch ms. */
  private forgotAt = 0;

  constructor(
    private readonly dataSource: DataSource,
    private readonly inbox: Inbox,
    private readonly timelines: IncidentTimelineStore,
    private readonly clock: Clock,
  ) {}

  @OnEvent(rulePublished)
  async onPublished(event: RulePublished, delivery: Delivery): Promise<void> {
    const { rule_id, version, name, published_at, duration } = event;
    // The first version changes nothing.
    if (version <= 1) return;
    // Each cluster of the rule brings the same event: only the first one is worth a transaction.
    if (await this.isKnown(this.dataSource.manager, { rule_id, version, kind: 'published' })) return;
    await this.inbox.once(delivery, async (tx) => {
      const for_ms = parseDuration(duration ?? '');
      const change = { rule_id, version, kind: 'published', changed_at: this.timeOf(published_at), for_ms } as const;
      if (!(await this.isNews(tx, change))) return;
      await this.annotate(tx, change, 'rule_changed', `the rule ${name} was published in version ${version}`);
    });
  }

  @OnEvent(ruleWithdrawn)
  async onWithdrawn(event: RuleWithdrawn, delivery: Delivery): Promise<void> {
    const { rule_id, version, name, deleted, cluster_id, withdrawn_at } = event;
    await this.inbox.once(delivery, async (tx) => {
      const changed_at = this.timeOf(withdrawn_at);
      const change = { rule_id, version, kind: 'withdrawn', changed_at, for_ms: null } as const;
      const isNews = await this.isNews(tx, change);
      const what = deleted ? 'deleted' : 'withdrawn from this cluster';
      const why = `the rule ${name} was ${what}; its alerts end without having been fixed`;
      // One event for each cluster: a deleted rule is gone from all of them.
      if (isNews || !deleted) await this.annotate(tx, change, 'rule_withdrawn', why, deleted ? undefined : cluster_id);
    });
  }

  /** Events come once for each cluster, and in any order; the first of a version tells the story. */
  private async isNews(tx: EntityManager, change: RuleChange): Promise<boolean> {
    if (await this.isKnown(tx, change)) return false;
    const { rule_id, version } = change;
    const { affected } = await tx.update(RuleChange, { rule_id, version }, change);
    if (!affected) await tx.createQueryBuilder().insert().into(RuleChange).values(change).orIgnore().execute();
    await this.forget(tx);
    return true;
  }

  /** A version is withdrawn after it was published. */
  private async isKnown(
    tx: EntityManager,
    { rule_id, version, kind }: Pick<RuleChange, 'rule_id' | 'version' | 'kind'>,
  ): Promise<boolean> {
    const known = await tx.findOneBy(RuleChange, { rule_id, version });
    return known?.kind === kind || known?.kind === 'withdrawn';
  }

  /** A batch of rules brings a thousand events: they need not all look for what is old. */
  private async forget(tx: EntityManager): Promise<void> {
    const now = this.clock.now().getTime();
    if (now - this.forgotAt < FORGET_EVERY_MS) return;
    this.forgotAt = now;
    await tx.delete(RuleChange, { changed_at: LessThan(now - KEPT_MS) });
  }

  private async annotate(
    tx: EntityManager,
    { rule_id, version, changed_at: at }: RuleChange,
    kind: 'rule_changed' | 'rule_withdrawn',
    why: string,
    cluster_id?: string,
  ): Promise<void> {
    const incidents = await tx.find(Incident, {
      select: { id: true, rule_version: true },
      where: { rule_id, status: 'open', ...(cluster_id === undefined ? {} : { cluster_id }) },
      order: { id: 'DESC' },
      take: MOST_ANNOTATED,
    });
    // One that the new version opened, or has reached already, knows.
    const concerned = incidents.filter(
      ({ rule_version }) => kind === 'rule_withdrawn' || (rule_version ?? 0) < version,
    );
    await this.timelines.add(tx, ...concerned.map(({ id }) => ({ incident_id: id, at, kind, why })));
  }

  private timeOf(text: string): number {
    const at = Date.parse(text);
    return Number.isNaN(at) ? this.clock.now().getTime() : at;
  }
}
