import type { Api, Endpoint } from './api/endpoints';
import type { Random } from './random';
import type { RequestBuilder } from './request-builder';
import type { HostileStand } from './stand/hostile-stand';
import type { Answer } from './wire/answer';
import type { ExchangeOptions } from './wire/exchange';
import type { HostileRequest } from './wire/hostile-request';

/** What an answer must be. */
export interface Expectation {
  /** Any of these statuses. */
  status: readonly number[];
  /** Where the problem's first error must point to, as the beginning of a JSON pointer. */
  pointer?: string;
  /** Looks closer; answers what is wrong, or null. */
  check?: (answer: Answer) => string | null;
  /** No answer at all is right too: the connection is cut. */
  mayBeCut?: boolean;
  /** The answer repeats what was sent by design. */
  mayEcho?: boolean;
}

/** One bad input for one endpoint. */
export interface HostileCase {
  endpoint: Endpoint;
  /** What is bad about it. */
  what: string;
  /** A request, or bytes that are none. */
  send: HostileRequest | Buffer;
  options?: ExchangeOptions;
  expected: Expectation;
}

/** What the cases of a row are made of. */
export interface Scene {
  stand: HostileStand;
  api: Api;
  /** Those asked for; rows take their endpoints from here. */
  endpoints: readonly Endpoint[];
  build: RequestBuilder;
  random: Random;
  /** A measured figure for the report. */
  note(text: string): void;
}

/** One class of bad input. */
export interface HostileRow {
  /** `B01` … `B60`, or `corpus-…`. */
  id: string;
  summary: string;
  cases(scene: Scene): Iterable<HostileCase>;
  /** How many requests are under way at once; 8 unless told. */
  concurrency?: number;
  /** The cases build on each other: one after another, those that are taken among those that are refused. */
  inOrder?: boolean;
  /** Looks at what the row left behind; answers what is wrong. */
  afterwards?(scene: Scene): Promise<string[]>;
}

/** Refused, and nothing else. */
export const refused = (status: number | readonly number[], pointer?: string): Expectation => ({
  status: [status].flat(),
  ...(pointer === undefined ? {} : { pointer }),
});

/** Whether a case says by its expected statuses that it changes nothing. */
export const changesNothing = ({ expected }: HostileCase): boolean => expected.status.every((status) => status >= 400);
