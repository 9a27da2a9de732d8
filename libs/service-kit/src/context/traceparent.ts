import { randomBytes } from 'node:crypto';

/** The parts of a W3C `traceparent` header (version 00). */
export interface TraceParent {
  /** 32 hex digits, never all zero. */
  traceId: string;
  /** 16 hex digits, never all zero. */
  spanId: string;
  /** Two hex digits; bit 0 says that the trace is sampled. */
  flags: string;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const ALL_ZERO = /^0+$/;

/** Reads a `traceparent` header; `undefined` for anything the W3C recommendation tells receivers to ignore. */
export function parseTraceparent(header: string | undefined): TraceParent | undefined {
  const match = TRACEPARENT.exec(header ?? '');
  if (!match) return undefined;
  const [, version = '', traceId = '', spanId = '', flags = '', more] = match;
  // Version ff is forbidden; version 00 has exactly four fields, later ones may append some.
  if (version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (ALL_ZERO.test(traceId) || ALL_ZERO.test(spanId)) return undefined;
  return { traceId, spanId, flags };
}

/** Writes the header; always as version 00, the only one whose fields we know. */
export function formatTraceparent({ traceId, spanId, flags }: TraceParent): string {
  return `00-${traceId}-${spanId}-${flags}`;
}

/** The next hop of a trace: same trace id and flags, a fresh span id. Without a parent, a new sampled trace. */
export function childTraceparent(parent: TraceParent | undefined): TraceParent {
  return {
    traceId: parent?.traceId ?? randomHex(16),
    spanId: randomHex(8),
    flags: parent?.flags ?? '01',
  };
}

/** Asking the system for a few bytes at a time costs more than everything else a request's context needs. */
const POOL_BYTES = 4_096;
let pool = Buffer.alloc(0);
let used = 0;

function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    pool = randomBytes(POOL_BYTES);
    used = 0;
  }
  const hex = pool.toString('hex', used, used + bytes);
  used += bytes;
  return ALL_ZERO.test(hex) ? randomHex(bytes) : hex;
}
