import { DifyBrokeOff, DifyError } from './dify-error';
import { eventsOf, recordOf } from './dify-events';
import { quoted } from './model-error';

/** Output variables that workflows commonly name their answer, in order of preference. */
const ANSWER_NAMES = ['result', 'analysis', 'structured_output', 'text', 'answer', 'output'];

/**
 * The answer text in the stream of `POST /v1/workflows/run`. Errors: DifyError; a failed run is an HTTP 200 with a status inside, and a stream
 * without its last event is none at all (DifyBrokeOff).
 */
export function answerOfRun(text: string): string {
  for (const event of eventsOf(text)) {
    switch (event['event']) {
      case 'workflow_finished':
        return answerOfEnd(recordOf(event['data']) ?? {});
      case 'workflow_paused':
      case 'human_input_required':
        throw new DifyError('the Dify app waits for a person');
      case 'error':
        throw new DifyError(`Dify reported an error (${quoted(event['code'])}): ${quoted(event['message'])}`);
      default:
        break;
    }
  }
  throw new DifyBrokeOff("Dify's answer broke off");
}

/** The answer text of a run that is over. Errors: DifyError; it ended without one. */
export function answerOfEnd({ status, error, outputs: values }: Record<string, unknown>): string {
  if (status === 'paused') throw new DifyError('the Dify app waits for a person');
  if (status !== 'succeeded' && status !== 'partial-succeeded') {
    throw new DifyError(`the Dify run ended as ${quoted(status)}: ${quoted(error)}`);
  }
  const outputs = recordOf(values) ?? {};
  if ('root_cause' in outputs) return JSON.stringify(outputs);
  const name = ANSWER_NAMES.find(
    (each) => outputs[each] !== undefined && outputs[each] !== null && outputs[each] !== '',
  );
  const answer = name ? outputs[name] : Object.values(outputs).find((value) => typeof value === 'string');
  return typeof answer === 'string' ? answer : answer === undefined ? '' : JSON.stringify(answer);
}
