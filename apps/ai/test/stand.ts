import { randomUUID } from 'node:crypto';
import {
  actionRequested,
  analysisCompleted,
  decisionMade,
  escalationRaised,
  getAnalysis,
  incidentOpened,
  listAnalyses,
  listEscalations,
  reportAnalysisStatus,
  type Actor,
  type AlertSnapshot,
  type AnalysisStatusInput,
  type AnalysisView,
  type IncidentEvent,
} from '@alertagent/contracts';
import { pollUntil, SharedStack, type TestDatabase } from '@alertagent/local-stack';
import { fakePeer, startService, type FakePeer, type TestService } from '@alertagent/service-kit/testing';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aiService } from '../src/service';
import { TestClock } from './test-clock';

export const WORKFLOW: Actor = { kind: 'token', id: 'callback-token', name: 'n8n callback' };
export const OPERATOR: Actor = { kind: 'token', id: 'operator-token', name: 'olga' };

type Config = NonNullable<Parameters<typeof startService>[1]['config']>;

/** The ai service over a real NATS server and a real database, with a gateway that speaks to it. */
export class Stand {
  readonly clock = new TestClock();
  readonly replicas: TestService[] = [];

  private constructor(
    private readonly stack: SharedStack,
    readonly natsUrl: string,
    private readonly databaseUrl: string,
    readonly gateway: FakePeer,
  ) {}

  static async start(database: TestDatabase['name'] = 'sqlite'): Promise<Stand> {
    const stack = new SharedStack();
    const { url: natsUrl } = await stack.startTestNats();
    const mysql = stack.testDatabaseUrls().find(({ name }) => name === database);
    const databaseUrl =
      database === 'sqlite' || !mysql
        ? `sqlite:${mkdtempSync(join(tmpdir(), 'alertagent-ai-'))}`
        : await mysql.url('ai');
    return new Stand(stack, natsUrl, databaseUrl, await fakePeer({ natsUrl, service: 'gateway' }));
  }

  /** One more process of the service, as far as the database and NATS can tell. */
  async startReplica(config: Config = {}): Promise<TestService> {
    const { natsUrl, databaseUrl, clock } = this;
    const replica = await startService(aiService, { natsUrl, databaseUrl, clock, config });
    this.replicas.push(replica);
    await pollUntil(() => this.gateway.request(listAnalyses, { limit: 1 }), { what: 'the service to answer' });
    return replica;
  }

  /** Ends all replicas, so that the next test can start one configured differently on the same data. */
  async stopReplicas(): Promise<void> {
    for (const replica of this.replicas.splice(0)) await replica.close();
  }

  async stop(): Promise<void> {
    await this.stopReplicas();
    await this.gateway.close();
    await this.stack.close();
  }

  /** Lets an incident open; returns it. */
  async open(changes: Partial<AlertSnapshot> = {}): Promise<IncidentEvent> {
    const event = incident(changes, this.clock.now());
    await this.gateway.publish(incidentOpened, event);
    return event;
  }

  get(id: string): Promise<AnalysisView> {
    return this.gateway.request(getAnalysis, { id });
  }

  async ofIncident(incident_id: string): Promise<AnalysisView[]> {
    return (await this.gateway.request(listAnalyses, { incident_id })).items;
  }

  /** The incident's only analysis, once it looks as awaited. */
  analysis(incidentId: string, what: string, isSo: (view: AnalysisView) => boolean): Promise<AnalysisView> {
    return pollUntil(
      async () => {
        const [view] = await this.ofIncident(incidentId);
        return view && isSo(view) ? view : null;
      },
      { what },
    );
  }

  over(incidentId: string): Promise<AnalysisView> {
    return this.analysis(incidentId, 'the analysis to be over', ({ completed_at }) => Boolean(completed_at));
  }

  processing(incidentId: string): Promise<AnalysisView> {
    return this.analysis(
      incidentId,
      'the workflow to be started',
      ({ status, engine }) => status === 'processing' && engine === 'n8n',
    );
  }

  report(analysis_id: string, report: AnalysisStatusInput, actor = WORKFLOW): Promise<AnalysisView> {
    return this.gateway.request(reportAnalysisStatus, { ...report, analysis_id, actor });
  }

  async escalations(incident_id: string) {
    return (await this.gateway.request(listEscalations, { incident_id })).items;
  }

  /** What the other services heard about an incident, once a decision was announced. */
  async announced(incidentId: string) {
    await pollUntil(
      async () => (await this.gateway.events(decisionMade)).some(({ incident_id }) => incident_id === incidentId),
      {
        what: 'the decision to be announced',
      },
    );
    const about = <T extends { incident_id: string }>(events: T[]): T[] =>
      events.filter(({ incident_id }) => incident_id === incidentId);
    return {
      completed: about(await this.gateway.events(analysisCompleted)),
      decisions: about(await this.gateway.events(decisionMade)),
      escalations: (await this.gateway.events(escalationRaised)).filter(
        ({ escalation }) => escalation.incident_id === incidentId,
      ),
      actions: await this.gateway.events(actionRequested),
    };
  }

  /** Moves the clock, a second at a time, until `isSo`; for pauses whose length is spread at random. */
  async passTimeUntil(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
    await pollUntil(
      async () => {
        if (await isSo()) return true;
        this.clock.advance(1_000);
        return false;
      },
      { what, intervalMs: 50 },
    );
  }

  /** The value of one series on the first replica's operations port; 0 when it is not there. */
  async metric(series: string): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${this.replicas[0]?.opsPort}/metrics`)).text();
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
    return Number(line?.split(' ').at(-1) ?? 0);
  }
}

/** An alert as the gateway tells about it. */
export function alert(changes: Partial<AlertSnapshot> = {}): AlertSnapshot {
  return {
    id: randomUUID(),
    name: 'HighErrorRate',
    severity: 'warning',
    status: 'firing',
    labels: { alertname: 'HighErrorRate', severity: 'warning', service: 'web', team: 'web', environment: 'production' },
    annotations: { summary: 'Too many errors' },
    starts_at: '2030-01-01T00:00:00.000Z',
    ...changes,
  };
}

/** An incident opened by such an alert. */
export function incident(changes: Partial<AlertSnapshot>, now: Date): IncidentEvent {
  return {
    incident_id: randomUUID(),
    cluster_id: 'c0000000-0000-7000-8000-000000000001',
    cluster_name: 'production',
    title: 'HighErrorRate on web',
    severity: changes.severity ?? 'warning',
    status: 'open',
    group_labels: { alertname: 'HighErrorRate' },
    alert_count: 1,
    firing_count: 1,
    opened_at: now.toISOString(),
    changed_at: now.toISOString(),
    alert: alert(changes),
  };
}

/** What a workflow reports when all went well. */
export const completedReport = (changes: object = {}): AnalysisStatusInput => ({
  status: 'completed',
  result: {
    root_cause: 'A leak',
    severity_score: 0.6,
    confidence: 0.9,
    suggested_actions: ['Restart it'],
    similar_incidents: [],
    ...changes,
  },
});
