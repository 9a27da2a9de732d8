import { readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { writeAtomically } from './atomic-file';
import { errorCode } from './error-code';
import type { Log } from './json-log';
import type { SidecarReport } from './progress';

/** More than that would be history nobody reads; the oldest go first. */
const MOST_KEPT = 50;

/** A report and when what it says was seen, epoch ms by this machine's clock. */
export interface WaitingReport {
  observedAt: number;
  report: SidecarReport;
}

/** Where reports wait that could not be delivered. */
export interface Backlog {
  load(): Promise<WaitingReport[]>;
  /** Replaces what was kept. Never rejects: a full disk must not stop the sidecar. */
  keep(waiting: readonly WaitingReport[]): Promise<void>;
}

/**
 * Keeps reports beside the configuration file as `.<name>.alertagent-reports.json`, so that they outlive a restart while AlertAgent
 * is away. They are kept without their rules: what is delivered that late tells of the past and proves nothing.
 */
export class ReportBacklog implements Backlog {
  private readonly path: string;
  /** What the file holds; null when that is not known. */
  private kept: string | null = '[]';

  constructor(
    configPath: string,
    private readonly log: Log,
  ) {
    this.path = join(dirname(configPath), `.${basename(configPath)}.alertagent-reports.json`);
  }

  /** A file that is missing holds nothing, and so does a damaged one, which is said in the log. */
  async load(): Promise<WaitingReport[]> {
    try {
      const text = await readFile(this.path, 'utf8');
      const waiting: unknown = JSON.parse(text);
      if (!Array.isArray(waiting) || !waiting.every(isWaiting)) throw new Error('this is no list of reports');
      this.kept = text;
      return waiting.slice(-MOST_KEPT);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return [];
      this.kept = null;
      this.log('warn', 'reports of before the restart are lost', { error: `${error}` });
      return [];
    }
  }

  async keep(waiting: readonly WaitingReport[]): Promise<void> {
    const light = waiting
      .slice(-MOST_KEPT)
      .map(({ observedAt, report }) => ({ observedAt, report: { ...report, rules: [] } }));
    const text = JSON.stringify(light);
    if (text === this.kept) return;
    try {
      if (light.length === 0) await rm(this.path, { force: true });
      else await writeAtomically({ path: this.path, bytes: Buffer.from(text), mode: 0o600 });
      this.kept = text;
    } catch (error) {
      this.log('warn', 'reports that wait cannot be kept over a restart', { error: `${error}` });
    }
  }
}

function isWaiting(value: unknown): value is WaitingReport {
  if (typeof value !== 'object' || value === null) return false;
  const { observedAt, report } = value as Record<string, unknown>;
  return Number.isFinite(observedAt) && typeof report === 'object' && report !== null && 'state' in report;
}
