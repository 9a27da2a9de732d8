import { get } from 'node:http';

/** GETs a loopback URL. Errors: no connection, no answer within 2 s, or a status other than 200. Returns the body. */
export function httpProbe(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, { timeout: 2_000, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve(Buffer.concat(chunks).toString('utf8'));
        else reject(new Error(`${url} answered ${response.statusCode}`));
      });
    });
    request.on('timeout', () => request.destroy(new Error(`${url} did not answer within 2 s`)));
    request.on('error', reject);
  });
}
