import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  importAlertmanagerConfig,
  readAlertmanagerConfig,
  renderConfigurationDocument,
  testRoute,
  withAlertAgent,
} from '../src';
import { readAlertmanagerDocument } from '../src/alertmanager/check-alertmanager-config';
import { insertSecrets, type DocumentValue } from '../src/alertmanager/secrets';
import { startAmtool, type AskAmtool } from './amtool';

/** A configuration with something of everything, for machines without the collection. */
const OWN = `global: {smtp_smarthost: 'localhost:25', smtp_from: a@x, resolve_timeout: 6m}
templates: [/nowhere/*.tmpl]
route:
  receiver: first
  group_by: [alertname, cluster]
  routes:
  - matchers: ['severity=~"critical|page"', team!="db"]
    receiver: second
    continue: true
  - match: {team: db}
    receiver: third
    routes: [{match_re: {env: 'prod|live'}, receiver: first}]
receivers:
- name: first
  email_configs: [{to: b@x, headers: {subject: 'no: 1e3 # {{ .Status }}'}}]
- name: second
  webhook_configs: [{url: 'http://x/', max_alerts: 5}]
- name: third
inhibit_rules: [{source_matchers: [a="b"], target_matchers: [c="d"], equal: [alertname]}]
time_intervals: [{name: nights, time_intervals: [{times: [{start_time: '00:00', end_time: '06:00'}], location: Europe/Berlin}]}]
`;

const corpus = join(process.env['ALERTAGENT_CORPORA'] ?? join(__dirname, '../../../../shared/corpora'), 'amconfig');
const files = existsSync(corpus)
  ? readFileSync(join(corpus, 'verdicts.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { file: string }).file)
  : [];
const texts = [OWN, ...files.map((file) => readFileSync(join(corpus, file), 'utf8'))];

describe('with the amtool of this machine', () => {
  let ask: AskAmtool;
  let version: string;
  beforeAll(async () => {
    ({ ask, version } = await startAmtool());
  }, 300_000);

  const valid = (): string[] => texts.filter((text) => readAlertmanagerConfig(text, { version }).valid);

  it('everything that is called valid loads, and everything else is refused', async () => {
    for (const text of texts) {
      const isTaken = (await ask(text, 'check-config', 'FILE')) !== null;
      expect({ text, valid: readAlertmanagerConfig(text, { version }).valid }).toEqual({ text, valid: isTaken });
    }
  }, 120_000);

  it('what was imported renders to a file that loads and means the same, with AlertAgent in it too', async () => {
    for (const text of valid()) {
      const { document, secrets } = importAlertmanagerConfig(text, { version });
      const secretOf = (name: string): string | null => secrets.get(name) ?? null;
      const { content } = renderConfigurationDocument(document!, secretOf, [version]);
      const read = readAlertmanagerConfig(content, { version });
      expect(read.value).toEqual(readAlertmanagerConfig(text, { version }).value);
      // Sums of layers are judged without being written.
      const unwritten = readAlertmanagerDocument(insertSecrets(document as DocumentValue, secretOf), { version });
      expect(unwritten.value).toEqual(read.value);
      expect(unwritten.problems.map(({ pointer, message }) => pointer + message)).toEqual(
        read.problems.map(({ pointer, message }) => pointer + message),
      );
      expect(await ask(content, 'check-config', 'FILE')).toContain('SUCCESS');
      const address = { webhook_url: 'http://127.0.0.1:8080/api/v1/alerts/webhook', credentials_file: 'token' };
      const heard = renderConfigurationDocument(withAlertAgent(document!, address), secretOf, [version]);
      expect(await ask(heard.content, 'check-config', 'FILE')).toContain('SUCCESS');
    }
  }, 120_000);

  it('alerts take the routes that amtool says they take', async () => {
    const values: Record<string, string[]> = {
      severity: ['critical', 'page', 'warning'],
      team: ['db', 'X', 'frontend'],
      env: ['prod', 'dev'],
      service: ['mysql', 'database'],
      owner: ['team-X'],
      alertname: ['Watchdog', 'HighLoad'],
    };
    const singles = Object.entries(values).flatMap(([name, list]) => list.map((value) => ({ [name]: value })));
    const sets: Record<string, string>[] = [
      {},
      ...singles,
      { severity: 'critical', team: 'db', env: 'prod' },
      { team: 'db', env: 'prod' },
    ];
    for (const text of valid()) {
      const read = readAlertmanagerConfig(text, { version });
      for (const labels of JSON.stringify(read.value).includes('"routes":[{') ? sets : sets.slice(0, 1)) {
        const told = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
        const answer = await ask(text, 'config', 'routes', 'test', '--config.file', 'FILE', ...told);
        const taken = testRoute(read, { version }, labels, 0).map(({ receiver }) => receiver);
        expect({ labels, receivers: taken.join(',') }).toEqual({ labels, receivers: answer });
      }
    }
  }, 300_000);
});
