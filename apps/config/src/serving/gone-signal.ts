import type { ServerResponse } from 'node:http';

/** Aborted when the caller hangs up. */
export function goneSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  // The response's own event: one on the socket would pile up over a kept-alive connection.
  response.once('close', () => controller.abort());
  return controller.signal;
}
