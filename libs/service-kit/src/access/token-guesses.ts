import { isIPv6 } from 'node:net';
import type { Clock } from '../clock/clock';
import { tokenHash } from './token-text';

/** Different unknown tokens one address may try in a window. A stale token that is sent again and again is one. */
const MAX_GUESSES = 30;
const WINDOW_MS = 60_000;
/** What is remembered at most: addresses that guessed, and tokens that were good. */
const MAX_ADDRESSES = 10_000;
const MAX_GOOD = 10_000;

interface Guesser {
  since: number;
  tokens: Set<string>;
}

/**
 * Counts unknown tokens by source address. Somebody who tries many is sent away unheard for the rest of the minute; tokens
 * that were good before are never refused here, so nobody is locked out by a neighbour behind the same address.
 */
export class TokenGuesses {
  private readonly guessers = new Map<string, Guesser>();
  private readonly good = new Set<string>();

  constructor(private readonly clock: Clock) {}

  /** Whether this token must be refused without being looked up. */
  isRefused(address: string, token: string): boolean {
    const guesser = this.current(networkOf(address));
    if (!guesser || guesser.tokens.size < MAX_GUESSES) return false;
    return !this.good.has(tokenHash(token));
  }

  /** The token is good. */
  wasGood(token: string): void {
    const hash = tokenHash(token);
    if (this.good.has(hash)) return;
    if (this.good.size >= MAX_GOOD) dropOldest(this.good);
    this.good.add(hash);
  }

  /** Nobody issued this token, or it is expired or revoked. */
  wasUnknown(address: string, token: string): void {
    const network = networkOf(address);
    const guesser = this.current(network) ?? { since: this.clock.now().getTime(), tokens: new Set() };
    if (!this.guessers.has(network) && this.guessers.size >= MAX_ADDRESSES) dropOldest(this.guessers);
    this.guessers.set(network, guesser);
    // A few characters tell guesses apart well enough.
    if (guesser.tokens.size < MAX_GUESSES) guesser.tokens.add(tokenHash(token).slice(0, 12));
  }

  private current(network: string): Guesser | undefined {
    const guesser = this.guessers.get(network);
    if (!guesser || this.clock.now().getTime() - guesser.since < WINDOW_MS) return guesser;
    this.guessers.delete(network);
    return undefined;
  }
}

/** The address itself; of IPv6 the first half, because whoever has one address has the other 2^64 too. */
function networkOf(address: string): string {
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const middle = tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  return [...left, ...middle, ...right].slice(0, 4).join(':');
}

function dropOldest(kept: Map<string, unknown> | Set<string>): void {
  const [oldest] = kept.keys();
  if (oldest !== undefined) kept.delete(oldest);
}
