import { createWriteStream, readFileSync, type WriteStream } from 'node:fs';

/** What an attempt came to: `ok` 2xx, `refused` 3xx and 4xx, `unknown` everything that leaves open whether it was stored. */
export type Outcome = 'ok' | 'refused' | 'unknown';
export type AlertStatus = 'firing' | 'resolved';

/** The alerts of one webhook: consecutive numbers. */
export interface WebhookRange {
  /** Number of the first alert. */
  from: number;
  count: number;
  status: AlertStatus;
}

/** One line of the ledger. */
export type LedgerLine =
  | ({ event: 'try'; attempt: number; at: number } & WebhookRange)
  | { event: 'end'; attempt: number; at: number; outcome: Outcome; detail: string; ms: number };

/** One attempt to deliver a webhook, from both of its lines. */
export interface Attempt extends WebhookRange {
  /** Epoch ms. */
  startedAt: number;
  /** Epoch ms; null when the sender itself ended before the answer. */
  endedAt: number | null;
  outcome: Outcome;
  /** Status, or what broke. */
  detail: string;
}

/** The sender's own record of what it tried and what it was told: a line before and a line after each attempt. */
export class Ledger {
  private readonly stream: WriteStream;
  private attempts = 0;

  /** @param file JSONL, appended to */
  constructor(readonly file: string) {
    this.stream = createWriteStream(file, { flags: 'a' });
  }

  /** Notes an attempt that is about to be made; returns its number. */
  begin({ from, count, status }: WebhookRange): number {
    this.attempts += 1;
    this.write({ event: 'try', attempt: this.attempts, at: Date.now(), from, count, status });
    return this.attempts;
  }

  end(attempt: number, outcome: Outcome, detail: string, ms: number): void {
    this.write({ event: 'end', attempt, at: Date.now(), outcome, detail, ms: Math.round(ms * 10) / 10 });
  }

  /** Writes out what is buffered; nothing can be added any more. */
  async close(): Promise<void> {
    if (this.stream.writableEnded) return;
    await new Promise<void>((resolve, reject) => {
      this.stream.once('error', reject);
      this.stream.end(resolve);
    });
  }

  private write(line: LedgerLine): void {
    this.stream.write(`${JSON.stringify(line)}\n`);
  }
}

/** Reads a ledger back. An attempt without an end is unknown. */
export function readLedger(file: string): Attempt[] {
  const attempts = new Map<number, Attempt>();
  for (const text of readFileSync(file, 'utf8').split('\n')) {
    if (text === '') continue;
    const line = JSON.parse(text) as LedgerLine;
    if (line.event === 'try') {
      const { from, count, status, at } = line;
      attempts.set(line.attempt, {
        from,
        count,
        status,
        startedAt: at,
        endedAt: null,
        outcome: 'unknown',
        detail: 'no answer noted',
      });
      continue;
    }
    const attempt = attempts.get(line.attempt);
    if (!attempt) throw new Error(`${file}: attempt ${line.attempt} ended without having begun`);
    Object.assign(attempt, { endedAt: line.at, outcome: line.outcome, detail: line.detail });
  }
  return [...attempts.values()];
}
