import { ModelError, quoted } from './model-error';

/** The text in what `POST /chat/completions` replied. Errors: ModelError, when it refused, was cut off or said nothing. */
export function answerOfChat(body: string): string {
  const choice = firstChoice(body);
  const message = record(choice['message']);
  if (typeof message?.['refusal'] === 'string')
    throw new ModelError(`the model refused: ${quoted(message['refusal'])}`);
  const reason = choice['finish_reason'];
  if (reason === 'length') throw new ModelError('the answer of the model was cut off at its longest');
  if (reason === 'content_filter') throw new ModelError('a filter of the server held the answer back');
  const content = message?.['content'];
  if (typeof content !== 'string' || content.trim() === '') throw new ModelError('the model gave an empty answer');
  return content;
}

/** What the server says the call took, as it says it; undefined when it says nothing. */
export function usageOfChat(body: string): unknown {
  try {
    return record(JSON.parse(body))?.['usage'];
  } catch {
    return undefined;
  }
}

/** What a refusal of the server says. */
export function problemOf(body: string): string {
  try {
    const error = record(JSON.parse(body))?.['error'];
    return quoted(typeof error === 'string' ? error : record(error)?.['message']);
  } catch {
    return 'no reason given';
  }
}

function firstChoice(body: string): Record<string, unknown> {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch (error) {
    throw new ModelError('the server of the model answered something that is not JSON', { cause: error });
  }
  const choices = record(answer)?.['choices'];
  const choice = Array.isArray(choices) ? record(choices[0]) : undefined;
  if (!choice) throw new ModelError('the server of the model answered without a choice');
  return choice;
}

const record = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
