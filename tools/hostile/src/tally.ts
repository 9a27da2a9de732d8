import type { HostileCase } from './row';

/** One answer that was not as it must be. */
export interface Deviation {
  row: string;
  endpoint: string;
  what: string;
  faults: string[];
}

/** Counts what was sent and what deviated, by row and endpoint. */
export class Tally {
  readonly deviations: Deviation[] = [];
  readonly notes: string[] = [];
  readonly statuses = new Map<number, number>();
  private readonly sent = new Map<string, Map<string, number>>();

  /** An answer was judged. */
  count(row: string, { endpoint, what }: HostileCase, status: number, faults: string[]): void {
    const byEndpoint = this.sent.get(row) ?? new Map<string, number>();
    this.sent.set(row, byEndpoint.set(endpoint.name, (byEndpoint.get(endpoint.name) ?? 0) + 1));
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    if (faults.length > 0) this.deviations.push({ row, endpoint: endpoint.name, what, faults });
  }

  /** Something is wrong with a row as a whole. */
  blame(row: string, faults: readonly string[], endpoint = ''): void {
    for (const fault of faults) this.deviations.push({ row, endpoint, what: 'afterwards', faults: [fault] });
  }

  get requests(): number {
    return [...this.sent.values()].flatMap((row) => [...row.values()]).reduce((sum, count) => sum + count, 0);
  }

  /** Requests and deviations of each row on each endpoint, as a table. */
  table(): string {
    const lines = [...this.sent].flatMap(([row, byEndpoint]) =>
      [...byEndpoint].map(([endpoint, count]) => {
        const wrong = this.deviations.filter((one) => one.row === row && one.endpoint === endpoint).length;
        return `${row.padEnd(16)} ${endpoint.padEnd(52)} ${String(count).padStart(6)} ${String(wrong).padStart(6)}`;
      }),
    );
    return [`${'row'.padEnd(16)} ${'endpoint'.padEnd(52)}   sent  wrong`, ...lines].join('\n');
  }

  /** The totals as one line of JSON. */
  totals(more: object): string {
    const rows = Object.fromEntries(
      [...this.sent].map(([row, byEndpoint]) => [row, [...byEndpoint.values()].reduce((sum, count) => sum + count, 0)]),
    );
    const statuses = Object.fromEntries([...this.statuses].sort(([a], [b]) => a - b));
    const server_errors = [...this.statuses].reduce((sum, [status, count]) => sum + (status >= 500 ? count : 0), 0);
    return JSON.stringify({
      requests: this.requests,
      deviations: this.deviations.length,
      server_errors,
      ...more,
      statuses,
      rows,
      notes: this.notes,
    });
  }
}
