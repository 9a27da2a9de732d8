import type { MemberStatus } from './alertmanager-answers';
import type { Member } from './member';

/** A member that answered, and what it said of its mesh. */
export interface Answering {
  member: Member;
  status: Pick<MemberStatus, 'peerName' | 'peers'>;
}

/**
 * Groups members by who gossips with whom: those in one group share their silences. One that lists no peers, as without gossip, is a mesh of its own. It is enough when
 * one of two lists the other: the list of the other may be behind.
 */
export function meshesOf<T extends Answering>(answering: readonly T[]): T[][] {
  const meshes: T[][] = [];
  for (const one of answering) {
    const joined = meshes.filter((mesh) => mesh.some((other) => gossip(one, other)));
    // It may be the link between what looked like two.
    const rest = meshes.filter((mesh) => !joined.includes(mesh));
    meshes.splice(0, meshes.length, ...rest, [...joined.flat(), one]);
  }
  const position = (mesh: T[]): number => Math.min(...mesh.map((one) => answering.indexOf(one)));
  return meshes
    .map((mesh) => mesh.sort((a, b) => answering.indexOf(a) - answering.indexOf(b)))
    .sort((a, b) => position(a) - position(b));
}

const gossip = (a: Answering, b: Answering): boolean => lists(a, b) || lists(b, a);

const lists = ({ status: { peers } }: Answering, { status: { peerName } }: Answering): boolean =>
  peerName !== null && peers.includes(peerName);
