import { connect } from 'node:net';

/**
 * Connects to a loopback port, sends `say` if given, and returns what has come back once `enough` says so.
 * Errors: no connection, the server hangs up first, or nothing sufficient within 2 s.
 */
export function tcpProbe(port: number, enough: (answer: string) => boolean, say?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect({ port, host: '127.0.0.1' });
    socket.setTimeout(2_000, () => socket.destroy(new Error(`port ${port} did not answer within 2 s`)));
    socket.once('connect', () => say !== undefined && socket.write(say));
    socket.on('data', (chunk) => {
      answer += chunk.toString('utf8');
      if (!enough(answer)) return;
      resolve(answer);
      socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`port ${port} hung up after: ${answer.slice(0, 100)}`)));
  });
}
