import type { Random } from './random';
import type { Stand, StandOptions } from './stand';

/** What the command line may change about a row. What a row does not use it ignores. */
export interface FaultOptions {
  /** Fixes schedule, payloads and targets. */
  seed: number;
  /** Alerts to send in all; each row has its own default. */
  alerts?: number;
  /** Faults of rows that count them one by one. */
  n?: number;
  /** How often a process is killed. */
  kills?: number;
  /** How many power cuts. */
  cuts?: number;
  /** Simulated sidecars. */
  sidecars?: number;
  /** Gateway instances. */
  instances?: number;
  /** Seconds that a load lasts. */
  seconds?: number;
  /** What stands in front of the gateway; only `alertmanager` so far. */
  via?: string;
  /** The guard that is taken out of the product: the row must then fail. */
  sabotage?: string;
  /** Folder of the built product whose services are started. */
  root: string;
  /** Leave the working folder (ledger, logs, data) where it is. */
  keep: boolean;
}

/** What a row has to work with. */
export interface RowContext {
  readonly options: FaultOptions;
  /** A source of random numbers that depends on the seed and the row only. */
  readonly random: Random;
  /** A private folder of this run of the row. */
  readonly directory: string;
  /** Starts servers and services; they are stopped after the row, whatever happens. */
  stand(options?: StandOptions): Promise<Stand>;
  /** Has something undone after the row, last first, whatever happens. */
  later(undo: () => Promise<unknown> | void): void;
  /** One line of progress for the person who watches. */
  log(text: string): void;
}

/** What came out of a row. */
export interface RowResult {
  /** What was measured, by name; units are part of the names (`_ms`, `_mb`, `_per_s`). */
  figures: Record<string, number | string>;
  /** Each bar that was missed and each invariant that was broken, in words; empty when the row holds. */
  problems: string[];
}

/** One fault with the bar that the product has to meet under it. */
export interface FaultRow {
  /** `F01` … `F82`, `S03` for a promise about security, `D01` for one about distribution. */
  readonly id: string;
  /** Component and fault. */
  readonly title: string;
  /** What must hold. */
  readonly bar: string;
  /** Guards that `--sabotage` can take out, with what the row must then see. */
  readonly sabotages?: Readonly<Record<string, string>>;
  /** Errors: the row could not be carried out; that counts as missed. */
  run(context: RowContext): Promise<RowResult>;
}
