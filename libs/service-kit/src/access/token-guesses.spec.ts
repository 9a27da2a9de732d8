import { Clock } from '../clock/clock';
import { TokenGuesses } from './token-guesses';

class SetClock extends Clock {
  ms = 0;
  now(): Date {
    return new Date(this.ms);
  }
}

describe('guesses of tokens', () => {
  let clock: SetClock;
  let guesses: TokenGuesses;
  beforeEach(() => {
    clock = new SetClock();
    guesses = new TokenGuesses(clock);
  });

  const guess = (address: string, count: number): void => {
    for (let index = 0; index < count; index++) guesses.wasUnknown(address, `guess-${index}`);
  };

  it('are refused unheard after thirty different ones from one address', () => {
    guess('10.0.0.1', 29);
    expect(guesses.isRefused('10.0.0.1', 'next')).toBe(false);
    guess('10.0.0.1', 30);
    expect(guesses.isRefused('10.0.0.1', 'next')).toBe(true);
    expect(guesses.isRefused('10.0.0.2', 'next')).toBe(false);
  });

  it('are heard again after a minute', () => {
    guess('10.0.0.1', 30);
    clock.ms = 59_999;
    expect(guesses.isRefused('10.0.0.1', 'next')).toBe(true);
    clock.ms = 60_000;
    expect(guesses.isRefused('10.0.0.1', 'next')).toBe(false);
  });

  it('are not what a stale token is that comes again and again', () => {
    for (let index = 0; index < 1_000; index++) guesses.wasUnknown('10.0.0.1', 'stale');
    expect(guesses.isRefused('10.0.0.1', 'next')).toBe(false);
  });

  it('lock nobody out whose token was good before', () => {
    guesses.wasGood('mine');
    guess('10.0.0.1', 30);
    expect(guesses.isRefused('10.0.0.1', 'mine')).toBe(false);
  });

  it.each([
    ['::ffff:10.0.0.1', '10.0.0.1', true],
    ['2001:db8::1', '2001:db8::2', true],
    ['2001:db8:0:0:1::1', '2001:db8::2', true],
    ['2001:db8:0:1::1', '2001:db8:0:2::1', false],
    ['::1', '::2', true],
  ])('from %s count for %s too: %s', (address, other, isSame) => {
    guess(address, 30);
    expect(guesses.isRefused(other, 'next')).toBe(isSame);
  });

  it('of very many addresses do not fill the memory', () => {
    for (let index = 0; index < 10_000; index++) guesses.wasUnknown(`10.${index >> 8}.${index & 255}.1`, 'a');
    guess('192.0.2.1', 30);
    expect(guesses.isRefused('192.0.2.1', 'next')).toBe(true);
    for (let index = 0; index < 10_000; index++) guesses.wasUnknown(`11.${index >> 8}.${index & 255}.1`, 'a');
    expect(guesses.isRefused('192.0.2.1', 'next')).toBe(false);
  });
});
