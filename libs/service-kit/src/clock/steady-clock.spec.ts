import { SteadyClock } from './steady-clock';

describe('the steady clock', () => {
  const HOUR = 3_600_000;
  let wall = 0;
  let monotonic = 0;
  let clock: SteadyClock;
  const pass = (ms: number): void => {
    wall += ms;
    monotonic += ms;
  };

  beforeEach(() => {
    [wall, monotonic] = [1_800_000_000_000, 5_000];
    clock = new SteadyClock(
      () => wall,
      () => monotonic,
    );
  });

  it('starts with the time of the machine and goes on with it', () => {
    expect(clock.now().getTime()).toBe(1_800_000_000_000);
    pass(250);
    expect(clock.now().getTime()).toBe(1_800_000_000_250);
  });

  it.each([2 * HOUR, -HOUR])('does not jump when the machine’s clock does, by %i ms', (jump) => {
    wall += jump;
    pass(1_000);
    expect(clock.now().getTime()).toBe(1_800_000_001_000);
  });

  it('follows a reference that says otherwise, and says by how much', () => {
    expect(clock.follow(wall - HOUR)).toBe(-HOUR);
    pass(10);
    expect(clock.now().getTime()).toBe(1_800_000_000_010 - HOUR);
  });

  it('leaves differences alone that the network explains', () => {
    expect([clock.follow(wall + 500), clock.follow(wall - 500)]).toEqual([0, 0]);
    expect(clock.now().getTime()).toBe(1_800_000_000_000);
  });
});
