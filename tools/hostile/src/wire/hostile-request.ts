/** A request as it is put on the wire, header by header. */
export interface HostileRequest {
  method: string;
  /** Path and query exactly as written, encoded or not. */
  target: string;
  headers: [name: string, value: string][];
  body: Buffer | null;
  /** Source address on the loopback network; the system's choice unless given. */
  from?: string;
}

/** The bytes of a request. A length is added unless the request says how its body ends. */
export function bytesOf({ method, target, headers, body }: HostileRequest): Buffer {
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  const ends = names.has('content-length') || names.has('transfer-encoding');
  const lines = [
    `${method} ${target} HTTP/1.1`,
    ...(names.has('host') ? [] : ['Host: gateway.example']),
    ...(names.has('connection') ? [] : ['Connection: close']),
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(body && !ends ? [`Content-Length: ${body.length}`] : []),
  ];
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  return body ? Buffer.concat([head, body]) : head;
}

/** The request with other headers; a null value leaves the header out. */
export function withHeaders(request: HostileRequest, changes: Record<string, string | null>): HostileRequest {
  const changed = new Set(Object.keys(changes).map((name) => name.toLowerCase()));
  const kept = request.headers.filter(([name]) => !changed.has(name.toLowerCase()));
  const added = Object.entries(changes).filter((entry): entry is [string, string] => entry[1] !== null);
  return { ...request, headers: [...kept, ...added] };
}
