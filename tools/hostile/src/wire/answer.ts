/** What came back on a connection. */
export interface Answer {
  /** 0 when the connection ended without an answer. */
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** Head of the first answer as it came. */
  head: string;
  text: string;
  /** Statuses of all answers; several on pipelined requests. */
  statuses: number[];
  /** Whether the server ended the connection. */
  wasClosed: boolean;
  milliseconds: number;
}

/** Reads the first answer of what a connection received, and counts the others. */
export function readAnswer(received: Buffer, wasClosed: boolean, milliseconds: number): Answer {
  const raw = received.toString('latin1');
  const headEnd = raw.indexOf('\r\n\r\n');
  const head = headEnd < 0 ? raw : raw.slice(0, headEnd);
  const [statusLine = '', ...headerLines] = head.split('\r\n');
  const headers: Record<string, string> = {};
  for (const line of headerLines) {
    const colon = line.indexOf(':');
    if (colon > 0) headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1] ?? 0);
  const rest = headEnd < 0 ? Buffer.alloc(0) : received.subarray(headEnd + 4);
  return {
    status,
    headers,
    head,
    text: bodyOf(rest, headers).toString('utf8'),
    statuses: [...raw.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1])),
    wasClosed,
    milliseconds,
  };
}

function bodyOf(rest: Buffer, headers: Record<string, string>): Buffer {
  if (headers['transfer-encoding'] === 'chunked') return unchunked(rest);
  const length = headers['content-length'];
  return length === undefined ? rest : rest.subarray(0, Number(length));
}

function unchunked(rest: Buffer): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = rest.indexOf('\r\n', at);
    if (lineEnd < 0) break;
    const size = parseInt(rest.toString('latin1', at, lineEnd), 16);
    if (!(size > 0)) break;
    parts.push(rest.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
  return Buffer.concat(parts);
}
