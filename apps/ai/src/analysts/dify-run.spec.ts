import { answerOfRun } from './dify-run';

const run = (data: unknown): string =>
  `data: ${JSON.stringify({ event: 'workflow_finished', task_id: 't', workflow_run_id: 'r', data })}\n\n`;

describe('a Dify workflow run', () => {
  it.each([
    ['the variable that holds text', { text: '{"a":1}' }, '{"a":1}'],
    ['a structured output', { structured_output: { root_cause: 'x' } }, '{"root_cause":"x"}'],
    ['outputs that are the analysis', { root_cause: 'x', confidence: 1 }, '{"root_cause":"x","confidence":1}'],
    ['a variable of an unknown name', { my_output: 'hello' }, 'hello'],
    ['nothing', {}, ''],
  ])('answers with %s', (_what, outputs, answer) => {
    expect(answerOfRun(run({ status: 'succeeded', outputs }))).toBe(answer);
  });

  it.each([
    ['failed', run({ status: 'failed', error: 'x', outputs: { text: 'half' } })],
    ['stopped', run({ status: 'stopped', outputs: {} })],
    ['paused', run({ status: 'paused', outputs: {} })],
    ['still running', run({ status: 'running', outputs: {} })],
    ['empty', '{}'],
    ['null', 'null'],
    ['HTML', '<html>'],
  ])('is a failure when it is %s', (_what, text) => {
    expect(() => answerOfRun(text)).toThrow(/Dify/);
  });
});
