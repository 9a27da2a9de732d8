import type { Member } from './member';
import { meshesOf, type Answering } from './meshes';

const answering = (address: string, peerName: string | null, peers: string[]): Answering => ({
  member: { clusterId: 'c', cluster: 'c', address, name: null, health: 'healthy' } satisfies Member,
  status: { peerName, peers },
});
const addresses = (meshes: Answering[][]): string[] =>
  meshes.map((mesh) => mesh.map(({ member }) => member.address).join(''));

describe('meshes', () => {
  it('are those who list each other', () => {
    const all = [answering('a', '1', ['1', '2']), answering('b', '2', ['1', '2']), answering('c', '3', ['3'])];
    expect(addresses(meshesOf(all))).toEqual(['ab', 'c']);
  });

  it('are joined when one lists the other, which has not heard yet', () => {
    expect(addresses(meshesOf([answering('a', '1', ['1']), answering('b', '2', ['1', '2'])]))).toEqual(['ab']);
  });

  it('are one when a member links two', () => {
    const all = [answering('a', '1', ['1']), answering('b', '2', ['2']), answering('c', '3', ['1', '2', '3'])];
    expect(addresses(meshesOf(all))).toEqual(['abc']);
  });

  it('without gossip are one each', () => {
    expect(addresses(meshesOf([answering('a', null, []), answering('b', null, [])]))).toEqual(['a', 'b']);
  });

  it('know one Alertmanager under two addresses', () => {
    expect(addresses(meshesOf([answering('a', '1', ['1']), answering('b', '1', ['1'])]))).toEqual(['ab']);
  });
});
