import { gunzipSync, gzipSync } from 'node:zlib';
import { ServiceError, toServiceErrorCode, type FieldProblem } from '@alertagent/contracts';
import { headers, type MsgHdrs } from 'nats';

/** Above this a message is compressed; NATS refuses more than 1 MiB per message by default. */
const COMPRESS_ABOVE_BYTES = 128 * 1024;
const MAX_WIRE_BYTES = 1024 * 1024 - 16 * 1024;
const MAX_UNPACKED_BYTES = 64 * 1024 * 1024;

const ENCODING = 'Content-Encoding';
// The header names of NATS micro, so that its own tools understand our errors.
const ERROR_CODE = 'Nats-Service-Error-Code';
const ERROR_MESSAGE = 'Nats-Service-Error';

export interface WireMessage {
  data: Uint8Array;
  headers: MsgHdrs;
}

/** JSON, compressed when large. */
export function encodeMessage(value: unknown, extra: Record<string, string> = {}): WireMessage {
  return encodeJson(JSON.stringify(value), extra);
}

/** As `encodeMessage`, for JSON text that is already there. */
export function encodeJson(json: string, extra: Record<string, string> = {}): WireMessage {
  const wireHeaders = headers();
  for (const [name, value] of Object.entries(extra)) wireHeaders.set(name, value);
  let data: Uint8Array = Buffer.from(json, 'utf8');
  if (data.length > COMPRESS_ABOVE_BYTES) {
    data = gzipSync(data, { level: 1 });
    wireHeaders.set(ENCODING, 'gzip');
  }
  if (data.length > MAX_WIRE_BYTES) throw new ServiceError('too_large', 'the message does not fit the bus');
  return { data, headers: wireHeaders };
}

/** The JSON text of a message; `invalid` when it is damaged. */
export function decodeText(data: Uint8Array, wireHeaders: MsgHdrs | undefined): string {
  try {
    const plain =
      wireHeaders?.get(ENCODING) === 'gzip' ? gunzipSync(data, { maxOutputLength: MAX_UNPACKED_BYTES }) : data;
    return new TextDecoder('utf-8', { fatal: true }).decode(plain);
  } catch (cause) {
    throw new ServiceError('invalid', 'the message is not readable text', { cause });
  }
}

/** The value of a message; `invalid` when it is no JSON. */
export function decodeMessage(data: Uint8Array, wireHeaders: MsgHdrs | undefined): unknown {
  const text = decodeText(data, wireHeaders);
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new ServiceError('invalid', 'the message is not JSON', { cause });
  }
}

/** An error reply: the code and a safe sentence in headers, field problems in the body; `internal` says nothing more. */
export function encodeError(error: unknown): WireMessage {
  const known = error instanceof ServiceError ? error : new ServiceError('internal', 'internal error');
  const text = known.code === 'internal' ? 'internal error' : known.message.replace(/[\r\n]/g, ' ').slice(0, 500);
  // Cutting may leave half a character, which cannot be written into a header.
  const message = text.toWellFormed();
  return encodeMessage(
    { errors: known.code === 'internal' ? [] : known.errors },
    { [ERROR_CODE]: known.code, [ERROR_MESSAGE]: encodeURIComponent(message) },
  );
}

/** Rebuilds the error a service replied with, or null when the reply is an answer. */
export function decodeError(data: Uint8Array, wireHeaders: MsgHdrs | undefined): ServiceError | null {
  const code = wireHeaders?.get(ERROR_CODE);
  if (!code) return null;
  const known = toServiceErrorCode(code);
  try {
    const body = decodeMessage(data, wireHeaders);
    const message = decodeURIComponent(wireHeaders?.get(ERROR_MESSAGE) ?? '');
    return new ServiceError(known, message || 'the service refused', { errors: fieldProblems(body) });
  } catch (cause) {
    // The code is what matters; a damaged explanation must not hide it.
    return new ServiceError(known, 'the service refused', { cause });
  }
}

function fieldProblems(body: unknown): FieldProblem[] {
  const errors = typeof body === 'object' && body !== null && 'errors' in body ? body.errors : [];
  return Array.isArray(errors) ? errors.filter(isFieldProblem) : [];
}

function isFieldProblem(value: unknown): value is FieldProblem {
  if (typeof value !== 'object' || value === null) return false;
  const { pointer, code, detail } = value as Record<string, unknown>;
  return typeof pointer === 'string' && typeof code === 'string' && typeof detail === 'string';
}
