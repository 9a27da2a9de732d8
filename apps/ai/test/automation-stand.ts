import { randomUUID } from 'node:crypto';
import {
  decideAction,
  getAction,
  incidentResolved,
  listEscalations,
  requestAction,
  type ActionStatus,
  type ActionView,
  type Actor,
  type DecideAction,
  type IncidentEvent,
  type RequestAction,
} from '@alertagent/contracts';
import { pollUntil } from '@alertagent/local-stack';
import type { Stand } from './stand';
import { sendJson, StubServer, type SeenCall } from '@alertagent/stubs';
import type { ServerResponse } from 'node:http';

/** Asks for actions. */
export const REQUESTER: Actor = { kind: 'token', id: 'requester', name: 'rita' };
/** Approves them. */
export const APPROVER: Actor = { kind: 'token', id: 'approver', name: 'anton' };

/** What an http action is posted to. */
export class ActionTarget extends StubServer {
  status = 200;
  isSlow = false;

  constructor() {
    super();
  }

  /** Effects: one per request that was answered or lost. */
  get effects(): SeenCall[] {
    return this.calls;
  }

  protected override async answer(_call: SeenCall, _request: object, response: ServerResponse): Promise<void> {
    if (this.isSlow) await this.hold();
    if (this.status === 0) response.socket?.resetAndDestroy();
    else sendJson(response, this.status, { done: true });
  }
}

export async function startActionTarget(): Promise<ActionTarget> {
  const target = new ActionTarget();
  await target.listen();
  return target;
}

/** Actions of a stand, as people ask for them and decide on them. */
export class Automation {
  constructor(private readonly stand: Stand) {}

  request(changes: Partial<RequestAction> = {}): Promise<ActionView> {
    return this.stand.gateway.request(requestAction, {
      action_type: 'restart_service',
      alert_id: randomUUID(),
      target: { cluster: 'production', namespace: 'default', service: 'web-app' },
      actor: REQUESTER,
      ...changes,
    });
  }

  decide(id: string, verdict: DecideAction['verdict'], changes: Partial<DecideAction> = {}): Promise<ActionView> {
    return this.stand.gateway.request(decideAction, { id, verdict, actor: APPROVER, ...changes });
  }

  get(id: string): Promise<ActionView> {
    return this.stand.gateway.request(getAction, { id });
  }

  /** The action once it is in this state. */
  reached(id: string, status: ActionStatus): Promise<ActionView> {
    return pollUntil(
      async () => {
        const view = await this.get(id);
        return view.execution_status === status ? view : null;
      },
      { what: `${id} to be ${status}`, intervalMs: 20 },
    ).catch(async (error: unknown) => {
      throw new Error(`${String(error)}: ${JSON.stringify(await this.get(id))}`, { cause: error });
    });
  }

  async resolve(incident: IncidentEvent): Promise<void> {
    const resolved_at = this.stand.clock.now().toISOString();
    await this.stand.gateway.publish(incidentResolved, { ...incident, status: 'resolved', resolved_at });
  }

  async escalationsOf(action: ActionView): Promise<string[]> {
    const { items } = await this.stand.gateway.request(listEscalations, { alert_id: action.alert_id });
    return items
      .filter(({ requested_by }) => requested_by === 'automation')
      .map(({ escalation_type }) => escalation_type);
  }
}
