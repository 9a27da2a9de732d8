import { WEBHOOK, type Endpoint } from '../api/endpoints';
import type { Expectation, HostileCase, Scene } from '../row';
import { webhookAlert, webhookMessage } from '../stand/webhook-message';

export interface Receipt {
  accepted: number;
  quarantined: { index: number; code: string }[];
}

/** The webhook, when it is among the endpoints asked for. */
export const webhookOf = ({ endpoints }: Scene): Endpoint | undefined => endpoints.find(({ path }) => path === WEBHOOK);

/** 202 with exactly so many alerts taken in and set aside. */
export function receipt(accepted: number, quarantined: number): Expectation {
  return {
    status: [202],
    check: ({ text }) => {
      const said = JSON.parse(text) as Receipt;
      return said.accepted === accepted && said.quarantined.length === quarantined
        ? null
        : `accepted ${said.accepted} and set aside ${said.quarantined.length}, expected ${accepted} and ${quarantined}`;
    },
  };
}

/** Makes webhook messages of a row, each with good alerts that must be found again under the row's name. */
export class WebhookCases {
  private good = 0;

  constructor(private readonly row: string) {}

  /** A good alert that is counted. */
  goodAlert(scene: Scene): Record<string, unknown> {
    this.good += 1;
    return webhookAlert({ alertname: `Kept${this.row}`, serial: String(scene.stand.nextSerial()) });
  }

  /** A message of raw alert texts between two good alerts. */
  *among(scene: Scene, what: string, rawAlerts: readonly string[], bad: number): Generator<HostileCase> {
    const endpoint = webhookOf(scene);
    if (!endpoint) return;
    const alerts = [JSON.stringify(this.goodAlert(scene)), ...rawAlerts, JSON.stringify(this.goodAlert(scene))];
    const body = JSON.stringify(webhookMessage([])).replace('"alerts":[]', () => `"alerts":[${alerts.join(',')}]`);
    const send = scene.build.request(endpoint, { body });
    yield { endpoint, what, send, expected: receipt(alerts.length - bad, bad) };
  }

  /** A whole body. */
  *whole(scene: Scene, what: string, body: string | Buffer, expected: Expectation): Generator<HostileCase> {
    const endpoint = webhookOf(scene);
    if (endpoint) yield { endpoint, what, send: scene.build.request(endpoint, { body }), expected };
  }

  /** Whether every good alert was stored, and the books balance. */
  async allKept({ stand }: Scene): Promise<string[]> {
    const expected = this.good;
    this.good = 0;
    await stand.settled();
    if (expected === 0) return [];
    const found = (await findAlerts({ stand }, `Kept${this.row}`)).length;
    return found === expected ? [] : [`${found} of ${expected} good alerts were stored`];
  }
}

export interface StoredAlert {
  id: string;
  name: string;
  severity: string | null;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  truncated: boolean;
}

/** Stored alerts of a name. */
export async function findAlerts({ stand }: Pick<Scene, 'stand'>, name: string): Promise<StoredAlert[]> {
  const found: StoredAlert[] = [];
  let cursor: string | null = null;
  do {
    const at: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: { items: StoredAlert[]; next_cursor: string | null } = await stand.get(
      `/alerts?limit=500&name=${encodeURIComponent(name)}${at}`,
    );
    found.push(...page.items.filter((alert) => alert.name === name));
    cursor = page.next_cursor ?? null;
  } while (cursor !== null);
  return found;
}
