import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import {
  GuardedProcess,
  makeTempDir,
  pollUntil,
  removeDir,
  startAlertmanager,
  type AlertmanagerServer,
} from '@alertagent/local-stack';
import type { AlertDetail } from '../src/alerts/alert.dto';
import { AlertStand } from './alert-stand';

const SIDECAR = join(__dirname, '../../sidecar/dist/main.js');
const HOUR = 3_600_000;

describe('reconciliation with a real Alertmanager and its sidecar', () => {
  let stand: AlertStand;
  let directory: string;
  let alertmanager: AlertmanagerServer;
  let sidecar: GuardedProcess;
  /** What stands between Alertmanager and the gateway: whether it refuses webhooks, for good, as a misconfigured front does. */
  let isRefusing = false;
  const front = createServer((request, response) => void pass(request, response));
  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const { authorization = '' } = request.headers;
    const headers = { 'content-type': 'application/json', authorization };
    const status = isRefusing
      ? 403
      : (await fetch(`${stand.service.httpUrl}${request.url}`, { method: 'POST', headers, body })).status;
    response.writeHead(status).end();
  }

  beforeAll(async () => {
    if (!existsSync(SIDECAR)) throw new Error('build the sidecar first: npx tsc -b apps/sidecar');
    stand = await AlertStand.start('MariaDB', { gateway: { reconciliation: { settling: 3_000 } } });
    directory = await makeTempDir('alertmanager');
    const configFile = join(directory, 'alertmanager.yml');
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    const { port } = front.address() as AddressInfo;
    const webhook = {
      url: `http://127.0.0.1:${port}/api/v1/alerts/webhook`,
      http_config: { authorization: { credentials: stand.first.token } },
    };
    const times = { group_wait: '0s', group_interval: '1s', repeat_interval: '4h' };
    const configuration = {
      route: { receiver: 'alertagent', group_by: ['...'], ...times },
      receivers: [{ name: 'alertagent', webhook_configs: [webhook] }],
    };
    await writeFile(configFile, JSON.stringify(configuration));
    alertmanager = await startAlertmanager({ configFile });
    sidecar = new GuardedProcess({
      file: process.execPath,
      args: ['--max-semi-space-size=1', '--max-old-space-size=24', '--lite-mode', SIDECAR],
      env: {
        PATH: process.env['PATH'],
        ALERTAGENT_ENDPOINT: stand.service.httpUrl!,
        ALERTAGENT_TOKEN: stand.first.token,
        CLUSTER_ID: stand.first.id,
        CONFIG_TYPE: 'alertmanager',
        CONFIG_PATH: configFile,
        RELOAD_URL: alertmanager.reloadUrl,
        SYNC_INTERVAL: '500ms',
      },
    });
  }, 120_000);
  afterAll(async () => {
    await sidecar?.stop();
    await alertmanager?.stop();
    await new Promise((resolve) => front.close(resolve));
    await stand?.stop();
    if (directory) await removeDir(directory);
  }, 60_000);

  const post = async (path: string, body: unknown): Promise<void> => {
    const response = await fetch(`${alertmanager.url}/api/v2/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  };
  const inAnHour = (): string => new Date(Date.now() + HOUR).toISOString();
  const started = new Map<string, string>();
  /** As Prometheus does it: with its own beginning, and an end that is moved on as long as it fires. */
  const tell = (alertname: string, endsAt: string): Promise<void> => {
    const startsAt = started.get(alertname) ?? new Date().toISOString();
    started.set(alertname, startsAt);
    return post('alerts', [{ labels: { alertname }, startsAt, endsAt }]);
  };
  const fire = (alertname: string): Promise<void> => tell(alertname, inAnHour());
  const end = (alertname: string): Promise<void> => tell(alertname, new Date().toISOString());
  const recorded = (alertname: string, status: string): Promise<AlertDetail> =>
    pollUntil(
      async () => {
        const [found] = await stand.alerts(`&name=${alertname}`);
        return found?.status === status ? stand.alert(found.id) : null;
      },
      { what: `${alertname} to be ${status}`, timeoutMs: 30_000, intervalMs: 100 },
    );

  it('ends an alert that ended while it was silenced: Alertmanager never says so', async () => {
    await fire('EndsSilently');
    await recorded('EndsSilently', 'firing');
    await post('silences', {
      matchers: [{ name: 'alertname', value: 'EndsSilently', isRegex: false, isEqual: true }],
      startsAt: new Date().toISOString(),
      endsAt: inAnHour(),
      createdBy: 'test',
      comment: 'planned work',
    });
    await end('EndsSilently');
    const { timeline } = await recorded('EndsSilently', 'resolved');
    expect(timeline.some(({ why }) => /its end never arrived: reconciled/.test(why))).toBe(true);
  }, 60_000);

  it('opens an alert whose notification was refused, which Alertmanager does not repeat for hours', async () => {
    isRefusing = true;
    await fire('Refused');
    const { timeline } = await recorded('Refused', 'firing');
    expect(timeline[0]!.why).toMatch(/its notification never arrived: reconciled/);
    isRefusing = false;
  }, 60_000);

  it('ends nothing that goes on firing', async () => {
    await fire('GoesOn');
    await recorded('GoesOn', 'firing');
    await fire('Ends');
    await recorded('Ends', 'firing');
    await end('Ends');
    await recorded('Ends', 'resolved');
    expect((await stand.alerts('&name=GoesOn'))[0]).toMatchObject({ status: 'firing' });
    expect((await stand.settled()).balanced).toBe(true);
  }, 60_000);
});
