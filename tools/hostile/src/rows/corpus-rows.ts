import type { Endpoint } from '../api/endpoints';
import { corpusFiles, corpusLines } from '../corpora';
import { refused, type Expectation, type HostileCase, type HostileRow, type Scene } from '../row';
import { webhookAlert, webhookMessage } from '../stand/webhook-message';
import { withBody } from './body-rows';
import { findAlerts, receipt, webhookOf, WebhookCases, type Receipt } from './webhook-cases';

interface WebhookIndex {
  file: string;
  kind: string;
  strict_json: boolean;
  version: string | number | null;
  n_alerts: number;
}

interface HostileString {
  text: string;
  cls: string;
}

const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/;
const wrapped = new WebhookCases('Corpus');

/** Every alert accounted for: taken in or set aside, none forgotten. */
const accountsFor = (count: number): Expectation => ({
  status: [202],
  check: ({ text }) => {
    const { accepted, quarantined } = JSON.parse(text) as Receipt;
    return accepted + quarantined.length === count ? null : `${accepted} + ${quarantined.length} of ${count} alerts`;
  },
});

function* payloads(scene: Scene): Generator<HostileCase> {
  const endpoint = webhookOf(scene);
  if (!endpoint) return;
  const rows = new Map(
    corpusLines<WebhookIndex>('webhooks/index.jsonl').map((row) => [row.file.replace('payloads/', ''), row]),
  );
  for (const { name, content } of corpusFiles('webhooks/payloads')) {
    const row = rows.get(name);
    const isMessage = row?.kind === 'webhook' && row.strict_json && (row.version === null || row.version === '4');
    const expected = isMessage ? accountsFor(row.n_alerts) : refused(400);
    yield { endpoint, what: name, send: scene.build.request(endpoint, { body: content }), expected };
  }
}

function* recorded(scene: Scene): Generator<HostileCase> {
  for (const [index, { body }] of corpusLines<{ body: string }>('webhooks/recorded_alertmanager.jsonl').entries()) {
    const { alerts } = JSON.parse(body) as { alerts: unknown[] };
    yield* wrapped.whole(scene, `line ${index + 1}`, body, receipt(alerts.length, 0));
  }
}

/** Files that are JSON or nearly: as the body, as an alert, as labels, and in a field of a rule. */
function* files(scene: Scene, folder: string): Generator<HostileCase> {
  const endpoint = webhookOf(scene);
  for (const { name, content } of corpusFiles(folder)) {
    if (endpoint) {
      yield {
        endpoint,
        what: name,
        send: scene.build.request(endpoint, { body: content }),
        expected: refused([400, 413]),
      };
      const alert = Buffer.concat([Buffer.from('{"version":"4","alerts":['), content, Buffer.from(']}')]);
      const send = scene.build.request(endpoint, { body: alert });
      yield { endpoint, what: `${name} as an alert`, send, expected: { status: [202, 400, 413] } };
      const [before = '', after = ''] = JSON.stringify(webhookMessage([webhookAlert({}, { labels: '@@' })])).split(
        '"@@"',
      );
      const labels = Buffer.concat([Buffer.from(before), content, Buffer.from(after)]);
      yield {
        endpoint,
        what: `${name} as labels`,
        send: scene.build.request(endpoint, { body: labels }),
        expected: { status: [202, 400, 413] },
      };
    }
    for (const other of samples(scene)) {
      yield {
        endpoint: other,
        what: name,
        send: scene.build.request(other, { body: content }),
        expected: refused([400, 413]),
      };
      const [before = '', after = ''] = JSON.stringify({ ...scene.build.body(other), labels: '@@' }).split('"@@"');
      const labels = Buffer.concat([Buffer.from(before), content, Buffer.from(after)]);
      // `{}` and the like are labels.
      const expected = { status: [...other.success, 400, 413] };
      yield {
        endpoint: other,
        what: `${name} as labels`,
        send: scene.build.request(other, { body: labels }),
        expected,
      };
    }
  }
}

const samples = (scene: Scene): Endpoint[] =>
  withBody(scene).filter(({ name }) => ['POST /api/v1/rules', 'POST /api/v1/clusters'].includes(name));

/** Naughty strings as label value, label name and annotation. */
function* strings(scene: Scene): Generator<HostileCase> {
  for (const [index, { text }] of corpusLines<HostileString>('hostile/strings.jsonl').entries()) {
    const isBad = !text.isWellFormed() || CONTROL.test(text);
    const labels = { alertname: 'CorpusString', index: String(index) };
    const one = (over: Record<string, unknown>): string => JSON.stringify(webhookMessage([webhookAlert({}, over)]));
    const expected = isBad ? receipt(0, 1) : receipt(1, 0);
    const what = `line ${index + 1}`;
    yield* wrapped.whole(scene, `${what} as a value`, one({ labels: { ...labels, text } }), expected);
    yield* wrapped.whole(
      scene,
      `${what} as an annotation`,
      one({ labels: { ...labels, kind: 'a' }, annotations: { text } }),
      expected,
    );
    const isBadName = isBad || text === '' || /[\u0000-\u001f]/.test(text);
    const named = JSON.stringify(
      webhookMessage([webhookAlert({}, { labels: { alertname: 'N', index: String(index) } })]),
    ).replace('"index"', () => `${JSON.stringify(text)}:"v","index"`);
    yield* wrapped.whole(scene, `${what} as a name`, named, isBadName ? receipt(0, 1) : receipt(1, 0));
    for (const endpoint of samples(scene).filter(({ bodyName }) => bodyName === 'RuleInput'))
      for (const field of ['name', 'annotations'] as const) {
        const rule = { ...scene.build.body(endpoint), group: `c${scene.stand.nextSerial()}` };
        const body = JSON.stringify({ ...rule, [field]: field === 'name' ? text : { summary: text } });
        yield {
          endpoint,
          what: `${what} as ${field}`,
          send: scene.build.request(endpoint, { body }),
          expected: { status: [201, 400] },
        };
      }
  }
}

async function stringsKept(scene: Scene): Promise<string[]> {
  if (!webhookOf(scene)) return [];
  await scene.stand.settled();
  const stored = await findAlerts(scene, 'CorpusString');
  return corpusLines<HostileString>('hostile/strings.jsonl').flatMap(({ text }, index) => {
    if (!text.isWellFormed() || CONTROL.test(text)) return [];
    const found = stored.find(({ labels }) => labels['index'] === String(index) && labels['kind'] === undefined);
    if (!found) return [`string ${index + 1} was not stored`];
    return found.labels['text'] === text || found.truncated ? [] : [`string ${index + 1} was changed`];
  });
}

export const corpusRows: readonly HostileRow[] = [
  { id: 'corpus-webhooks', summary: 'webhook payloads of other projects', cases: payloads },
  { id: 'corpus-recorded', summary: 'bodies recorded from real Alertmanagers', cases: recorded, concurrency: 2 },
  { id: 'corpus-json', summary: 'the JSON test suite', cases: (scene) => files(scene, 'hostile/json') },
  { id: 'corpus-proto', summary: 'prototype pollution', cases: (scene) => files(scene, 'hostile/proto') },
  {
    id: 'corpus-bombs',
    summary: 'documents that unpack to much',
    cases: (scene) => files(scene, 'hostile/bombs'),
    concurrency: 2,
  },
  { id: 'corpus-strings', summary: 'naughty strings in alerts and rules', cases: strings, afterwards: stringsKept },
];
