import { pickWorkflow } from '@alertagent/alerting';
import type { AlertSnapshot, AnalysisContext } from '@alertagent/contracts';
import { AlertAgentConfig, Clock, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { INCIDENT_OPENED, type Analysis } from './analysis';

/** What an analysis is wanted of. */
export interface AnalysisWish {
  /** `incident-opened` happens once per incident; what people ask for happens each time. */
  trigger: typeof INCIDENT_OPENED | 'request';
  incidentId: string | null;
  clusterId: string;
  clusterName: string;
  alert: AlertSnapshot;
  /** Labels that all alerts of the incident share; the alert's own win. */
  groupLabels?: Record<string, string>;
  /** The workflow that the gateway's policy routed the incident to; without one the configuration decides. */
  routedTo?: string | null;
  context?: AnalysisContext | null;
  /** Of the incident, 1 (most urgent) to 5. */
  priority?: number | null;
}

/** Makes analyses that wait for a worker, each with the workflow that it was routed to. */
@Injectable()
export class NewAnalyses {
  constructor(
    private readonly config: AlertAgentConfig,
    private readonly clock: Clock,
  ) {}

  make(wish: AnalysisWish): Analysis {
    const { alert } = wish;
    const id = newId();
    const now = this.clock.now();
    const { workflow, why } = this.workflowFor(wish);
    return {
      id,
      incidentId: wish.incidentId,
      triggerKey: wish.trigger === INCIDENT_OPENED ? INCIDENT_OPENED : id,
      alertId: alert.id,
      clusterId: wish.clusterId,
      clusterName: wish.clusterName,
      alert,
      context: wish.context ?? null,
      priority: wish.priority ?? null,
      workflow,
      workflowReason: why,
      engine: null,
      fallbackReason: null,
      status: 'pending',
      attempts: 0,
      lane: workflow,
      replays: 0,
      leaseToken: null,
      dueAt: now,
      deadline: null,
      result: null,
      error: null,
      reportHash: null,
      createdAt: now,
      completedAt: null,
    };
  }

  private workflowFor(wish: AnalysisWish): { workflow: string; why: string } {
    if (wish.routedTo) return { workflow: wish.routedTo, why: 'the policy routed the incident to it' };
    return pickWorkflow(this.config.gateway.routing, labelsOf(wish));
  }
}

function labelsOf({ alert, groupLabels }: AnalysisWish): Record<string, string> {
  return { ...(alert.severity ? { severity: alert.severity } : {}), ...groupLabels, ...alert.labels };
}
