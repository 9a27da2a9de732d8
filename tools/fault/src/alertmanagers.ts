import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, startAlertmanager, type AlertmanagerServer } from '@alertagent/local-stack';
import type { RowContext } from './row';
import type { Stand } from './stand';
import { LEDGER_LABEL } from './webhook-text';

/** How an Alertmanager delivers to the gateway. Durations are Go durations. */
export interface DeliveryOptions {
  /** Makes the file names of two of them differ. */
  name?: string;
  /** Where it delivers; the first gateway unless told. */
  url?: string;
  groupBy?: readonly string[];
  groupWait?: string;
  groupInterval?: string;
  /** Alerts in one webhook; 0, the default, is all of them. */
  maxAlerts?: number;
  /** Ports of peers' gossip; with an own port it gossips. */
  gossip?: { port: number; peers?: readonly string[] };
  extraArgs?: readonly string[];
}

/** Starts a real Alertmanager that delivers to the stand's gateway as AlertAgent's own configuration tells it to. */
export async function startDelivering(
  context: RowContext,
  stand: Stand,
  options: DeliveryOptions = {},
): Promise<AlertmanagerServer> {
  const { name = 'alertmanager', groupBy = ['alertname'], groupWait = '1s', groupInterval = '5s' } = options;
  const configFile = join(stand.directory, `${name}.yml`);
  const configuration = {
    route: {
      receiver: 'alertagent',
      group_by: groupBy,
      group_wait: groupWait,
      group_interval: groupInterval,
      repeat_interval: '4h',
    },
    receivers: [
      {
        name: 'alertagent',
        webhook_configs: [
          {
            url: options.url ?? stand.webhookUrls[0],
            send_resolved: true,
            max_alerts: options.maxAlerts ?? 0,
            http_config: { authorization: { credentials: stand.cluster.token } },
          },
        ],
      },
    ],
  };
  // JSON is YAML too.
  writeFileSync(configFile, JSON.stringify(configuration));
  const server = await startAlertmanager({ configFile, gossip: options.gossip, extraArgs: options.extraArgs });
  context.later(() => server.stop());
  return server;
}

/** Starts two Alertmanagers that gossip; each delivers to its own gateway. */
export async function startPair(
  context: RowContext,
  stand: Stand,
  options: DeliveryOptions = {},
): Promise<[AlertmanagerServer, AlertmanagerServer]> {
  const ports = [await freePort(), await freePort()] as const;
  const urlOf = (index: number): string | undefined => stand.webhookUrls[index % stand.webhookUrls.length];
  const first = await startDelivering(context, stand, {
    ...options,
    name: 'alertmanager-1',
    url: urlOf(0),
    gossip: { port: ports[0] },
  });
  const second = await startDelivering(context, stand, {
    ...options,
    name: 'alertmanager-2',
    url: urlOf(1),
    gossip: { port: ports[1], peers: [`127.0.0.1:${ports[0]}`] },
  });
  return [first, second];
}

/** Sum of a counter over its series, by the server's own metrics page. */
export async function counterOf(url: string, name: string, labels = ''): Promise<number> {
  const text = await (await fetch(url)).text();
  return text
    .split('\n')
    .filter((line) => line.startsWith(name) && line.includes(labels))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

/** Webhooks that an Alertmanager has delivered or given up. */
export async function notificationsOf(server: AlertmanagerServer): Promise<{ sent: number; failed: number }> {
  const of = (name: string): Promise<number> =>
    counterOf(`${server.url}/metrics`, `alertmanager_${name}{`, 'integration="webhook"');
  return { sent: await of('notifications_total'), failed: await of('notifications_failed_total') };
}

/** One alert as Prometheus posts it. */
export interface PostedAlert {
  id: string;
  group: string;
  startsAt: Date;
  endsAt?: Date;
}

/** Posts alerts as a Prometheus does. Errors: the Alertmanager does not take them. */
export async function postAlerts(server: AlertmanagerServer, alerts: readonly PostedAlert[]): Promise<void> {
  const body = alerts.map(({ id, group, startsAt, endsAt }) => ({
    labels: { alertname: group, service: group, severity: 'warning', [LEDGER_LABEL]: id },
    annotations: { summary: `${group} is not well`, description: 'x'.repeat(200) },
    startsAt: startsAt.toISOString(),
    ...(endsAt ? { endsAt: endsAt.toISOString() } : {}),
    generatorURL: 'http://prometheus.example.org:9090/graph?g0.expr=up',
  }));
  const response = await fetch(`${server.url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`the Alertmanager answered ${response.status}: ${await response.text()}`);
}
