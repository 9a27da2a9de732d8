import { connect, type Socket } from 'node:net';
import { LEDGER_DIGITS } from './webhook-text';

const HEAD_END = '\r\n\r\n';
const TIMEOUT_MS = 15_000;

/** The status of an answer, or 0 and what broke instead. */
export interface RawAnswer {
  status: number;
  detail: string;
}

/** One keep-alive connection that sends the same webhook with other alert numbers, one at a time. */
export class RawConnection {
  private socket: Socket | null = null;
  private received = '';
  private settle: (answer: RawAnswer) => void = () => undefined;

  /** @param marks where in `text` the digits of each alert's number are */
  constructor(
    private readonly port: number,
    private readonly text: Buffer,
    private readonly marks: readonly number[],
  ) {}

  /** Sends the webhook with alerts numbered from `from`. Never rejects. */
  send(from: number): Promise<RawAnswer> {
    this.marks.forEach((mark, index) => {
      this.text.write(String(from + index).padStart(LEDGER_DIGITS, '0'), mark, 'latin1');
    });
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.fail('no answer in time'), TIMEOUT_MS);
      this.settle = (answer) => {
        clearTimeout(timer);
        this.settle = () => undefined;
        resolve(answer);
      };
      this.socket ??= this.open();
      // A copy: what is not written out at once is kept by the socket, and this buffer is used again.
      this.socket.write(Buffer.from(this.text));
    });
  }

  close(): void {
    this.socket?.destroy();
  }

  private open(): Socket {
    const socket = connect({ port: this.port, host: '127.0.0.1', noDelay: true });
    socket.on('data', (chunk) => this.onData(chunk.toString('latin1')));
    socket.on('error', (error: NodeJS.ErrnoException) => this.fail(error.code ?? error.message));
    socket.on('close', () => {
      if (this.socket === socket) this.fail('closed');
    });
    return socket;
  }

  private onData(text: string): void {
    this.received += text;
    const headEnd = this.received.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const head = this.received.slice(0, headEnd);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    if (this.received.length < headEnd + HEAD_END.length + length) return;
    this.received = '';
    if (/\r\nconnection: *close/i.test(head)) this.drop();
    const status = Number(head.slice(9, 12));
    this.settle({ status, detail: String(status) });
  }

  private fail(reason: string): void {
    this.drop();
    this.settle({ status: 0, detail: reason });
  }

  private drop(): void {
    this.socket?.destroy();
    this.socket = null;
    this.received = '';
  }
}
