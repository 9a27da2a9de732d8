import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readAlertmanagerConfig } from '../src';
import { startAmtool } from './amtool';
import { configMutations } from './config-mutations';

/** `npm run fuzz:rules` asks for more. */
const COUNT = Number(process.env.ALERTAGENT_FUZZ_RULES ?? 1500);
const SEED = Number(process.env.ALERTAGENT_FUZZ_SEED ?? 1);
const OWN = `route:
  receiver: first
  group_by: [alertname, cluster]
  group_wait: 30s
  routes:
  - matchers: ['severity=~"critical|page"', team!="db"]
    receiver: second
    continue: true
    mute_time_intervals:
    - nights
receivers:
- name: first
  email_configs:
  - to: b@x
    from: a@x
    smarthost: localhost:25
- name: second
  webhook_configs:
  - url: http://x/
    max_alerts: 5
inhibit_rules:
- source_matchers: [a="b"]
  target_matchers: [c="d"]
  equal:
  - alertname
time_intervals:
- name: nights
  time_intervals:
  - times:
    - start_time: '00:00'
      end_time: '06:00'
    location: Europe/Berlin
`;

function texts(version: string): string[] {
  const corpus = join(process.env.ALERTAGENT_CORPORA ?? resolve(__dirname, '../../../../shared/corpora'), 'amconfig');
  if (!existsSync(corpus)) return [OWN];
  const lines = readFileSync(join(corpus, 'verdicts.jsonl'), 'utf8').trim().split('\n');
  const files = lines.map((line) => (JSON.parse(line) as { file: string }).file);
  const all = files.map((file) => readFileSync(join(corpus, file), 'utf8'));
  // Of a broken one every change is as broken.
  return [OWN, ...all.filter((text) => text.length < 12_000 && readAlertmanagerConfig(text, { version }).valid)];
}

it('mutated configurations are refused exactly when amtool refuses them', async () => {
  const { judgeAll, version } = await startAmtool();
  const mutated = configMutations(texts(version), COUNT, SEED);
  const taken = await judgeAll(mutated);
  expect(taken.filter((isTaken) => isTaken).length).toBeGreaterThan(COUNT / 20);
  expect(taken.filter((isTaken) => !isTaken).length).toBeGreaterThan(COUNT / 20);
  const differ = mutated.filter((text, index) => readAlertmanagerConfig(text, { version }).valid !== taken[index]);
  expect(differ).toEqual([]);
}, 300_000);
