import { request } from 'node:http';

/** GETs an address and answers its body; rejects for any status but 200. */
export function getText(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    request(url, { agent: false, timeout: 5_000 }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () =>
        incoming.statusCode === 200
          ? resolve(Buffer.concat(chunks).toString('utf8'))
          : reject(new Error(`${url} answered ${incoming.statusCode}`)),
      );
      incoming.on('error', reject);
    })
      .on('error', reject)
      .end();
  });
}
