import { DifyError } from './dify-error';
import { quoted } from './model-error';

/** Output variables that workflows commonly name their answer, in order of preference. */
const ANSWER_NAMES = ['result', 'analysis', 'structured_output', 'text', 'answer', 'output'];

/** The answer text in what `POST /v1/workflows/run` replied. Errors: DifyError; a failed run is an HTTP 200 with a status inside. */
export function answerOfRun(text: string): string {
  const data = record(record(parse(text))?.['data']);
  if (!data) throw new DifyError("Dify's reply has no run in it");
  const status = data['status'];
  if (status !== 'succeeded' && status !== 'partial-succeeded') {
    throw new DifyError(`the Dify run ended as ${quoted(status)}: ${quoted(data['error'])}`);
  }
  const outputs = record(data['outputs']) ?? {};
  if ('root_cause' in outputs) return JSON.stringify(outputs);
  const name = ANSWER_NAMES.find(
    (each) => outputs[each] !== undefined && outputs[each] !== null && outputs[each] !== '',
  );
  const answer = name ? outputs[name] : Object.values(outputs).find((value) => typeof value === 'string');
  return typeof answer === 'string' ? answer : answer === undefined ? '' : JSON.stringify(answer);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new DifyError('Dify answered something that is not JSON', { cause: error });
  }
}

const record = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
