import type { IncidentEvent } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AnalysesStore } from './analyses.store';
import { INCIDENT_OPENED, type Analysis } from './analysis';
import { STALE } from './engine-policy';
import { NewAnalyses } from './new-analysis';
import { StaleAnalyses } from './stale-analyses';

/** The analysis that an incident starts by itself. */
@Injectable()
export class IncidentAnalyses {
  constructor(
    private readonly analyses: AnalysesStore,
    private readonly newAnalyses: NewAnalyses,
    private readonly stale: StaleAnalyses,
  ) {}

  /** Once per incident. */
  async begin(tx: EntityManager, event: IncidentEvent): Promise<void> {
    if (await this.analyses.hasAutomatic(tx, event.incident_id)) return;
    const analysis = this.newAnalyses.make({
      trigger: INCIDENT_OPENED,
      incidentId: event.incident_id,
      clusterId: event.cluster_id,
      clusterName: event.cluster_name,
      alert: event.alert,
      routedTo: event.workflow,
      groupLabels: event.group_labels,
      priority: event.priority,
    });
    await this.analyses.insert(tx, analysis);
  }

  /** Ends what was not begun before the incident was over; whoever commits it has to tell `dropped`. One in hand is looked at when it comes back. */
  async drop(tx: EntityManager, incidentId: string): Promise<Analysis[]> {
    const dropped: Analysis[] = [];
    for (const waiting of await this.analyses.waitingUnasked(tx, incidentId)) {
      const ended = await this.stale.dropIn(tx, waiting, STALE);
      if (ended) dropped.push(ended);
    }
    return dropped;
  }

  dropped(analyses: readonly Analysis[]): void {
    this.stale.count(analyses);
  }
}
