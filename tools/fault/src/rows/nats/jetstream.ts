import { randomUUID } from 'node:crypto';
import { decisionMade, escalationRaised, streamName, streams } from '@alertagent/contracts';
import { connect, type JetStreamManager, type NatsConnection, type PubAck, type StreamConfig } from 'nats';
import type { RowContext } from '../../row';
import type { Stand } from '../../stand';

/** The stream of the gateway's events. */
export const GATEWAY_STREAM = streamName('gateway');
/** The stream that the ai service would publish into. */
export const AI_STREAM = streamName('ai');

/** What a stream is declared to keep. */
export const subjectsOf = (name: string): string[] => streams.find((stream) => stream.name === name)?.subjects ?? [];

/** NATS as an administrator, and as the ai service, would use it; straight to the server. */
export class JetStreamDoor {
  private constructor(
    readonly connection: NatsConnection,
    readonly manager: JetStreamManager,
  ) {}

  static async open(stand: Stand, context: RowContext): Promise<JetStreamDoor> {
    const connection = await connect({ servers: stand.nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
    context.later(() => connection.close());
    return new JetStreamDoor(connection, await connection.jetstreamManager());
  }

  /** Changes a stream's settings. */
  async change(stream: string, settings: Partial<StreamConfig>): Promise<void> {
    const { config } = await this.manager.streams.info(stream);
    await this.manager.streams.update(stream, { ...config, ...settings });
  }

  /** Makes the stream that the gateway hears the ai service on. */
  async createAiStream(): Promise<void> {
    await this.manager.streams.add({ name: AI_STREAM, subjects: subjectsOf(AI_STREAM) });
  }

  /** Announces a decision about an incident; whoever hears of it twice without noticing writes two lines into its history. */
  async announceDecision(incidentId: string, id = randomUUID()): Promise<PubAck> {
    const decision = {
      id,
      incident_id: incidentId,
      analysis_id: id,
      action: 'manual_review',
      reason: 'announced by the fault row',
      priority: 'medium',
      escalation_required: false,
      policy_version: '1',
      decided_at: new Date().toISOString(),
    };
    return this.announce(decisionMade, incidentId, { incident_id: incidentId, decision }, id);
  }

  /** Announces an escalation. */
  async announceEscalation(incidentId: string, id = randomUUID()): Promise<PubAck> {
    const escalation = {
      id,
      alert_id: incidentId,
      incident_id: incidentId,
      escalation_type: 'team',
      priority: 'high',
      requested_by: 'fault row',
      created_at: new Date().toISOString(),
    };
    return this.announce(escalationRaised, id, { escalation_id: id, escalation }, id);
  }

  /** Publishes any event of the ai service. */
  announce(contract: { subject: string }, key: string, payload: unknown, messageId: string): Promise<PubAck> {
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
    return this.connection.jetstream().publish(`${contract.subject}.${key}`, text, { msgID: messageId });
  }
}

/** An incident that exists, for events about it. */
export async function anIncident(stand: Stand): Promise<string> {
  const [row] = await stand.database.query<{ id: string }>('SELECT id FROM incidents ORDER BY id LIMIT 1');
  if (!row) throw new Error('there is no incident yet');
  return row.id;
}

/** How often an incident's history tells of such a thing. */
export async function timesTold(stand: Stand, incidentId: string, kind: 'decision' | 'escalation'): Promise<number> {
  const [row] = await stand.database.query<{ times: number }>(
    'SELECT COUNT(*) AS times FROM incident_timeline WHERE incident_id = ? AND kind = ?',
    [incidentId, kind],
  );
  return Number(row?.times);
}
