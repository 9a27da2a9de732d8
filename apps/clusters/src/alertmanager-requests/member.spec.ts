import type { ClusterHealthState } from '@alertagent/contracts';
import { inTurn, worstOf, type Member } from './member';

const member = (address: string, health: ClusterHealthState): Member => ({
  clusterId: 'c',
  cluster: 'c',
  address,
  name: null,
  health,
});
const order = (members: Member[], turn: number): string =>
  inTurn(members, turn)
    .map(({ address }) => address)
    .join('');

describe('the order in which members are asked', () => {
  it('goes round among those that are equally well', () => {
    const members = [member('a', 'healthy'), member('b', 'healthy'), member('c', 'healthy')];
    expect([0, 1, 2, 3].map((turn) => order(members, turn))).toEqual(['abc', 'bca', 'cab', 'abc']);
  });

  it('has the unwell last and the unknown between, whoever’s turn it is', () => {
    const members = [member('d', 'critical'), member('c', 'warning'), member('b', 'unknown'), member('a', 'healthy')];
    expect([0, 1, 2, 3].map((turn) => order(members, turn))).toEqual(Array(4).fill('abcd'));
  });

  it('of nobody is empty', () => expect(inTurn([], 7)).toEqual([]));

  it('believes the worse of two reports, and any report rather than none', () => {
    expect(worstOf(['healthy', 'warning'])).toBe('warning');
    expect(worstOf(['unknown', 'healthy'])).toBe('healthy');
    expect(worstOf([])).toBe('unknown');
  });
});
