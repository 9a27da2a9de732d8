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
