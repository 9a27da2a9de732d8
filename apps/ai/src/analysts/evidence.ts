import {
  getRule,
  type AlertSnapshot,
  type AnalysisContext,
  type KnowledgeFound,
  type RuleView,
} from '@alertagent/contracts';
import { Bus, LOGGER, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { PastIncidents } from '../incidents/past-incidents';
import { rankSimilar, type RankedIncident } from '../incidents/similar-incidents';
import { incidentKey } from '../knowledge/incident-key';
import { KnowledgeSearch } from '../knowledge/knowledge-search';

/** An alert to be analysed and where it came from. */
export interface AnalysisSubject {
  /** The analysis. */
  id: string;
  incidentId: string | null;
  clusterId: string;
  clusterName: string;
  alert: AlertSnapshot;
  context: AnalysisContext | null;
  /** Of the incident when it opened, 1 (most urgent) to 5; null when that is not known. */
  priority: number | null;
}

/** What an analyst looks at. */
export interface Evidence {
  subject: AnalysisSubject;
  /** Best first. */
  similar: RankedIncident[];
  /** The rule that raised the alert, when it is one of ours and could be asked for. */
  rule: RuleView | null;
  /** What people wrote down, and what was learned before; best first. */
  knowledge: KnowledgeFound[];
}

/** Passages an analyst gets: more would hide the one that helps. */
const PASSAGES = 3;

/** Milliseconds the rules service may take; the analysis goes on without it. */
const RULE_TIMEOUT_MS = 1_000;

/** Collects what is known about an alert before an analyst sees it. */
@Injectable()
export class EvidenceCollector {
  private readonly log: Logger;

  constructor(
    private readonly incidents: PastIncidents,
    private readonly bus: Bus,
    private readonly knowledge: KnowledgeSearch,
    @Inject(LOGGER) log: Logger,
  ) {
    this.log = log.component('evidence');
  }

  /** Errors: `unavailable` when the database is. */
  async collect(subject: AnalysisSubject): Promise<Evidence> {
    const [similar, rule, knowledge] = await Promise.all([
      this.similarTo(subject),
      this.ruleOf(subject.alert),
      this.knownAbout(subject),
    ]);
    return { subject, similar, rule, knowledge };
  }

  private async similarTo({ alert, clusterId, incidentId, context }: AnalysisSubject): Promise<RankedIncident[]> {
    if (context?.similar_incidents === false) return [];
    const candidates = await this.incidents.resembling({ alertName: alert.name, clusterId, not: incidentId });
    return rankSimilar(alert.labels, candidates);
  }

  private knownAbout({ alert, clusterName, incidentId }: AnalysisSubject): Promise<KnowledgeFound[]> {
    const { summary = '', description = '' } = alert.annotations;
    const text = [alert.name, summary, description, ...Object.values(alert.labels)].join(' ');
    // An incident is no evidence for itself, however often it is analysed.
    const exceptKey = incidentId === null ? undefined : incidentKey(incidentId);
    return this.knowledge.search({ text, limit: PASSAGES, cluster: clusterName, exceptKey });
  }

  private async ruleOf({ annotations }: AlertSnapshot): Promise<RuleView | null> {
    const id = annotations['alertagent_rule_id'];
    if (!id || !/^[0-9a-f-]{36}$/.test(id)) return null;
    try {
      return await this.bus.request(getRule, { id }, { timeoutMs: RULE_TIMEOUT_MS });
    } catch (error) {
      this.log.debug({ error }, 'an analysis goes on without its rule');
      return null;
    }
  }
}
