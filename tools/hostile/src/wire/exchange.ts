import { connect } from 'node:net';
import { readAnswer, type Answer } from './answer';

/** Where the gateway listens. */
export interface Origin {
  host: string;
  port: number;
}

/** How bytes are sent. */
export interface ExchangeOptions {
  /** Source address on the loopback network. */
  from?: string;
  /** How long an answer may take, in milliseconds; 20,000 unless given. */
  timeoutMs?: number;
  /** Ends our side after the bytes, so that the server reads an end of file. */
  halfClose?: boolean;
  /** Bytes that are sent piece by piece for as long as the server takes them. */
  endless?: Buffer;
  /** Done as soon as this many answers came, for connections that stay open. */
  answers?: number;
}

/** Sends bytes over a connection of its own and reads what comes back until the server ends it or the time is over. */
export function exchange(origin: Origin, bytes: Buffer, options: ExchangeOptions = {}): Promise<Answer> {
  const { from, timeoutMs = 20_000, halfClose = false, endless, answers } = options;
  return new Promise((resolve) => {
    const began = performance.now();
    const chunks: Buffer[] = [];
    let wasClosed = false;
    const socket = connect({ ...origin, ...(from ? { localAddress: from } : {}), allowHalfOpen: true });
    const timer = setTimeout(() => socket.destroy(), timeoutMs);
    const finish = (): void => {
      clearTimeout(timer);
      resolve(readAnswer(Buffer.concat(chunks), wasClosed, performance.now() - began));
    };
    const pour = (): void => {
      while (endless && socket.writable && socket.write(endless));
    };
    socket.on('connect', () => {
      socket.write(bytes);
      if (halfClose) socket.end();
      pour();
    });
    socket.on('drain', pour);
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      const enough = answers !== undefined && countAnswers(chunks) >= answers;
      if (endless || enough) socket.destroy();
    });
    socket.on('end', () => {
      wasClosed = true;
      socket.destroy();
    });
    // A reset is an end too; what came before it counts.
    socket.on('error', () => (wasClosed = true));
    socket.on('close', finish);
  });
}

function countAnswers(chunks: readonly Buffer[]): number {
  return Buffer.concat(chunks).toString('latin1').split('HTTP/1.1 ').length - 1;
}
