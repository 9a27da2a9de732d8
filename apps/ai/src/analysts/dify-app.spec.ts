import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAnalysisText } from '@alertagent/alerting';
import { parse } from 'yaml';
import { answerOfRun } from './dify-run';
import type { Evidence } from './evidence';
import { buildPrompt } from './prompt';

interface Node {
  id: string;
  data: {
    type: string;
    variables?: { variable: string; type: string; max_length: number; required: boolean }[];
    prompt_template?: { role: string; text: string }[];
    structured_output_enabled?: boolean;
    structured_output?: { schema: { required: string[]; properties: Record<string, { type: string }> } };
    outputs?: { variable: string; value_selector: [string, ...string[]] }[];
  };
}
interface App {
  version: unknown;
  kind: unknown;
  app: { mode: string };
  workflow: {
    environment_variables: unknown[];
    graph: { nodes: Node[]; edges: { source: string; target: string }[] };
  };
}

const text = readFileSync(join(__dirname, '../../../../deploy/dify/alert-analyst.yml'), 'utf8');
const file = parse(text) as App;
const { nodes, edges } = file.workflow.graph;
const ofType = (type: string): Node => nodes.find(({ data }) => data.type === type)!;

const ACTIONS = Array.from({ length: 40 }, (_, index) => ({
  id: `a${index}`.padEnd(100, 'x'),
  description: '告'.repeat(5_000),
}));

/** The longest inputs that AlertAgent sends. */
function longestInputs(): Record<string, string> {
  const long = '告'.repeat(2_000);
  const labels = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`label_${index}`, long]));
  const alert = {
    id: 'a',
    name: long,
    status: 'firing' as const,
    labels,
    annotations: labels,
    starts_at: '2030-01-01T00:00:00.000Z',
  };
  const similar = Array.from({ length: 50 }, (_, index) => ({
    id: String(index),
    title: long,
    similarity: 1,
    openedAt: new Date(0),
    resolvedAt: null,
  }));
  const items = Array.from({ length: 30 }, (_, index) => ({
    id: `k${index}`,
    kind: 'knowledge' as const,
    title: long,
    query: null,
    value: long,
  }));
  const subject = { incidentId: 'i', clusterId: 'c', clusterName: 'p', alert, context: null };
  return buildPrompt({ subject, similar, rule: null, knowledge: [] } as unknown as Evidence, items, ACTIONS).inputs;
}

describe('the app for Dify', () => {
  it('says its version as text, as an older one that newer versions of Dify take', () => {
    expect([file.version, file.kind, file.app.mode]).toEqual(['0.3.0', 'app', 'workflow']);
  });

  it('leads from its start to its end, over edges between nodes that exist', () => {
    const names = nodes.map(({ id }) => id);
    expect(new Set(names).size).toBe(names.length);
    for (const { source, target } of edges) expect(names).toEqual(expect.arrayContaining([source, target]));
    expect(edges.map(({ source, target }) => [source, target])).toEqual([
      [ofType('start').id, ofType('llm').id],
      [ofType('llm').id, ofType('end').id],
    ]);
  });

  it('declares each input that AlertAgent sends, as text that is long enough for it', () => {
    const declared = ofType('start').data.variables!;
    const inputs = longestInputs();
    expect(declared.map(({ variable }) => variable).sort()).toEqual(Object.keys(inputs).sort());
    for (const { variable, type, max_length } of declared) {
      expect(type).toBe('paragraph');
      expect(inputs[variable]!.length).toBeLessThanOrEqual(max_length);
    }
  });

  it('uses in its question what it declares, and nothing else', () => {
    const asked = ofType('llm')
      .data.prompt_template!.map((part) => part.text)
      .join('\n');
    const used = [...asked.matchAll(/\{\{#([\w.]+)#\}\}/g)].map(([, name]) => name!);
    expect(used.sort()).toEqual(
      ofType('start')
        .data.variables!.map(({ variable }) => `start.${variable}`)
        .sort(),
    );
  });

  it('answers in the form that AlertAgent reads', () => {
    const { schema } = ofType('llm').data.structured_output!;
    expect(ofType('llm').data.structured_output_enabled).toBe(true);
    const samples: Record<string, unknown> = { string: 'x', number: 0.5, array: ['y'] };
    const claims = [{ text: 'x', evidence: ['a1'], checks: [] }];
    const analysis: Record<string, unknown> = {
      ...Object.fromEntries(Object.entries(schema.properties).map(([name, { type }]) => [name, samples[type]])),
      claims,
    };
    const [{ variable, value_selector }] = ofType('end').data.outputs as unknown as [
      { variable: string; value_selector: string[] },
    ];
    expect(value_selector).toEqual([ofType('llm').id, 'structured_output']);
    const event = { event: 'workflow_finished', data: { status: 'succeeded', outputs: { [variable]: analysis } } };
    expect(parseAnalysisText(answerOfRun(`data: ${JSON.stringify(event)}\n\n`))).toMatchObject(analysis);
    expect(schema.required).toEqual(['root_cause', 'severity_score', 'confidence', 'suggested_actions']);
  });

  it('holds nothing that belongs to a workspace', () => {
    expect(file.workflow.environment_variables).toEqual([]);
    expect(text).not.toMatch(/api_key|dataset_ids|\bsk-|\bapp-\w{8}/);
  });
});
