import { isUtf8 } from 'node:buffer';
import { parseWebhook } from '@alertagent/alerting';
import { ServiceError } from '@alertagent/contracts';

/** What the sender is told about a body that is taken in. */
export interface WebhookReceipt {
  /** How many alerts will be processed. */
  accepted: number;
  /** The alerts that are set aside, each with its place in the body and the reason. */
  quarantined: { index: number; code: string }[];
}

/**
 * Checks a webhook body before it is stored. Single bad alerts do not matter here, they are set aside later.
 * Errors: ServiceError `invalid` when the whole is no Alertmanager message, `too_large` above 10,000 alerts.
 */
export function readWebhookBody(raw: Buffer): WebhookReceipt {
  if (raw.length === 0) throw refused('empty_body', 'the body is empty; send an Alertmanager webhook message');
  if (!isUtf8(raw)) throw refused('not_utf8', 'the body is not valid UTF-8');
  const parsed = parseWebhook(parseJson(raw.toString('utf8')));
  if (!parsed.ok) {
    const detail = parsed.problems[0]?.detail ?? 'not an Alertmanager webhook message';
    throw new ServiceError(parsed.too_many ? 'too_large' : 'invalid', detail, { errors: parsed.problems });
  }
  return {
    accepted: parsed.accepted,
    quarantined: parsed.quarantined.map(({ index, code }) => ({ index, code })),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The parser's own message quotes the input.
    throw refused('malformed_json', 'the body is not valid JSON');
  }
}

function refused(code: string, detail: string): ServiceError {
  return new ServiceError('invalid', detail, { errors: [{ pointer: '', code, detail }] });
}
