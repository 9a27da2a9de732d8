import type { Actor } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AnalysesStore } from '../analyses/analyses.store';
import { FeedbackStore } from '../feedback/feedback.store';
import { KnownIncidentsStore } from '../incidents/known-incidents.store';
import { incidentKey } from '../knowledge/incident-key';
import { KnowledgeService } from '../knowledge/knowledge.service';
import { distilledIncident } from './distilled-incident';

const SELF: Actor = { kind: 'system', id: 'ai', name: 'AlertAgent' };
const CORRECTIONS = 5;

/** Keeps as knowledge what an incident taught, once it is over, and brings it up to date when people say more about it. */
@Injectable()
export class IncidentLessons {
  constructor(
    private readonly incidents: KnownIncidentsStore,
    private readonly analyses: AnalysesStore,
    private readonly feedback: FeedbackStore,
    private readonly knowledge: KnowledgeService,
  ) {}

  /** Nothing is kept of an incident that is not over, or whose analysis found nothing: a list of incidents is no knowledge. */
  async learn(tx: EntityManager, incidentId: string | null): Promise<void> {
    const incident = incidentId === null ? null : await this.incidents.find(tx, incidentId);
    if (!incident || incident.resolvedAt === null) return;
    const analysis = await this.analyses.lastCompleted(tx, incident.id);
    if (!analysis?.result || analysis.result.root_cause.trim() === '') return;
    const corrections = await this.feedback.corrections(tx, analysis.id, CORRECTIONS);
    const content = distilledIncident({
      incident: { ...incident, resolvedAt: incident.resolvedAt },
      clusterName: analysis.clusterName,
      result: analysis.result,
      votes: await this.feedback.votesOn(tx, analysis.id),
      corrections: corrections.flatMap(({ correction }) => correction ?? []),
    });
    await this.knowledge.distil(tx, incidentKey(incident.id), content, SELF);
  }
}
