import { isAscii, isUtf8 } from 'node:buffer';
import { detectFormat, formatTag, readParsedWebhook } from '@alertagent/alerting';
import { ServiceError } from '@alertagent/contracts';
import { WEBHOOK_ORIGIN, type WebhookOrigin } from './webhook-origin';

/** What the sender is told about a body that is taken in. */
export interface WebhookReceipt {
  /** How many alerts will be processed. */
  accepted: number;
  /** The alerts that are set aside, each with its place in the body and the reason. */
  quarantined: { index: number; code: string }[];
}

/** A body that can be stored, with what is needed to read it again. */
export interface ReadBody {
  receipt: WebhookReceipt;
  /** Stored with the body; null is Alertmanager's own format. */
  format: string | null;
  /** How many alerts the sender says it left out. */
  truncated_alerts: number;
}

/**
 * Checks a webhook body before it is stored. Single bad alerts do not matter here, they are set aside later. `receivedAt` is epoch
 * milliseconds. Errors: ServiceError `invalid` when the whole is no message of its format, `too_large` above 10,000 alerts.
 */
export function readWebhookBody(
  raw: Buffer,
  { format, severity, source }: WebhookOrigin = WEBHOOK_ORIGIN,
  receivedAt = 0,
): ReadBody {
  if (raw.length === 0) throw refused('empty_body', 'the body is empty; send a message with alerts');
  const text = textOf(raw);
  const body = parseJson(text);
  const tag = formatTag(format ?? detectFormat(body), severity);
  const parsed = readParsedWebhook(tag, body, text, { received_at: receivedAt, mapping: source?.mapping });
  if (!parsed.ok) {
    const detail = parsed.problems[0]?.detail ?? 'not a message of this format';
    throw new ServiceError(parsed.too_many ? 'too_large' : 'invalid', detail, { errors: parsed.problems });
  }
  const quarantined = parsed.quarantined.map(({ index, code }) => ({ index, code }));
  return {
    receipt: { accepted: parsed.accepted, quarantined },
    format: tag === 'alertmanager' ? null : tag,
    truncated_alerts: parsed.group.truncated_alerts,
  };
}

function textOf(raw: Buffer): string {
  // Most bodies are plain ASCII, which is several times as fast to take over.
  if (isAscii(raw)) return raw.toString('latin1');
  if (!isUtf8(raw)) throw refused('not_utf8', 'the body is not valid UTF-8');
  return raw.toString('utf8');
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
