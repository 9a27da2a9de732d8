import type { Principal } from '@alertagent/service-kit';
import { ownCluster, ownClusterOf } from './own-cluster';

const machine: Principal = {
  kind: 'cluster',
  id: 't',
  name: 'token',
  cluster_id: 'id-1',
  cluster_name: 'one',
  purpose: 'sync',
};
const person: Principal = { kind: 'user', id: 'u', name: 'person', role: 'admin' };

describe('the cluster of a token', () => {
  it('may be named by id or name', () => {
    expect([ownCluster(machine, 'id-1'), ownCluster(machine, 'one'), ownClusterOf(machine)]).toEqual([
      'id-1',
      'id-1',
      'id-1',
    ]);
  });

  it('is the only one that may be named', () => {
    for (const named of ['id-2', 'One', '', 'one '])
      expect(() => ownCluster(machine, named)).toThrow(expect.objectContaining({ code: 'not_found' }));
    expect(() => ownCluster(person, 'id-1')).toThrow(expect.objectContaining({ code: 'not_found' }));
  });
});
