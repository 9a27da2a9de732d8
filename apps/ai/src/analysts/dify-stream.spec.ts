import { answerOfStream } from './dify-stream';

const stream = (...events: object[]): string => events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
const END = { event: 'message_end' };

describe('a Dify event stream', () => {
  it('is read piece by piece, past keep-alives and events of other kinds', () => {
    const text = `event: ping\n\n${stream({ event: 'message', answer: 'a' }, { event: 'tts_message', audio: 'x' })}event: ping\r\n\r\n${stream({ event: 'message', answer: 'b' }, END)}`;
    expect(answerOfStream(text)).toBe('ab');
  });

  it("counts an agent's whole message instead of its pieces, not in addition", () => {
    expect(
      answerOfStream(
        stream(
          { event: 'agent_message', answer: 'a' },
          { event: 'agent_message', answer: 'b' },
          { event: 'message', answer: 'ab' },
          END,
        ),
      ),
    ).toBe('ab');
  });

  it('takes the replacement that moderation sends', () => {
    expect(
      answerOfStream(stream({ event: 'message', answer: 'bad' }, { event: 'message_replace', answer: 'good' }, END)),
    ).toBe('good');
  });

  it('may end after a finished run', () => {
    expect(
      answerOfStream(
        stream({ event: 'message', answer: 'a' }, END, { event: 'workflow_finished', data: { status: 'succeeded' } }),
      ),
    ).toBe('a');
  });

  it.each([
    ['nothing', ''],
    ['no end', stream({ event: 'message', answer: 'a' })],
    ['an end that was cut in the middle', `${stream({ event: 'message', answer: 'a' })}data: {"event": "message_end"}`],
    ['an error', stream({ event: 'message', answer: 'a' }, { event: 'error', code: 'x', message: 'y' })],
    ['an error after the end', stream(END, { event: 'error', code: 'x', message: 'y' })],
    ['a failed run', stream({ event: 'workflow_finished', data: { status: 'failed', error: 'z' } }, END)],
    ['a question to a person', stream({ event: 'human_input_required' }, END)],
    ['what is not JSON', 'data: {"event"\n\n'],
    ['what is no object', 'data: [1]\n\n'],
  ])('is a failure with %s', (_what, text) => {
    expect(() => answerOfStream(text)).toThrow(/Dify/);
  });

  it('is quoted shortly and on one line when it fails', () => {
    const message = `${'x'.repeat(500)}\n\u0007`;
    const failure = (): string => answerOfStream(stream({ event: 'error', code: 'c', message }));
    expect(failure).toThrow(expect.objectContaining({ message: expect.stringMatching(/^.{1,180}$/) }));
  });
});
