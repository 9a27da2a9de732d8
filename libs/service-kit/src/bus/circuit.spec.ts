import { Circuit } from './circuit';

describe('a circuit', () => {
  let now = 0;
  let circuit: Circuit;
  beforeEach(() => {
    now = 1_000;
    circuit = new Circuit(() => now);
  });
  const timeOut = (times: number): void => {
    for (let count = 0; count < times; count += 1) circuit.timedOut();
  };

  it('admits everybody until five requests in a row were not answered in time', () => {
    timeOut(4);
    expect(circuit.admits()).toBe(true);
    timeOut(1);
    expect(circuit.admits()).toBe(false);
  });

  it('counts deadlines in a row only', () => {
    timeOut(4);
    circuit.answered();
    timeOut(4);
    expect(circuit.admits()).toBe(true);
  });

  it('lets one request try after five seconds, and everybody once that one is answered', () => {
    timeOut(5);
    now += 5_000;
    expect([circuit.admits(), circuit.admits()]).toEqual([true, false]);
    circuit.answered();
    expect([circuit.admits(), circuit.admits()]).toEqual([true, true]);
  });

  it('rests again when the trial is not answered either', () => {
    timeOut(5);
    now += 5_000;
    expect(circuit.admits()).toBe(true);
    now += 3_000;
    timeOut(1);
    now += 4_999;
    expect(circuit.admits()).toBe(false);
    now += 1;
    expect(circuit.admits()).toBe(true);
  });
});
