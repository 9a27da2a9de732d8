import { sha256Hex } from '../hashing';

/** What one replica of a highly available pair says about an episode. */
export interface ReplicaWord {
  name: string;
  /** When it said that the alert ended, epoch milliseconds; null while it says that it fires. */
  ended_at: number | null;
}

/** With their end times this many fit into one text of 255 characters; the word of further ones is not waited for. */
const MOST_REPLICAS = 5;
const LONGEST_NAME = 24;
const UNNAMED = 'unnamed';

/** The name under which a replica is remembered: readable when it is short, else a hash. */
export function replicaName(replica: string | null): string {
  if (replica === null || replica === '') return UNNAMED;
  const name = encodeURIComponent(replica.toWellFormed());
  return name.length <= LONGEST_NAME ? name : sha256Hex(replica).slice(0, 16);
}

/** Reads what {@link writeReplicas} wrote; an episode without replicas was reported by an unnamed one. */
export function readReplicas(text: string | null): ReplicaWord[] {
  if (text === null || text === '') return [{ name: UNNAMED, ended_at: null }];
  return text.split(', ').map((part) => {
    const [name = '', end] = part.split(' ended ');
    return { name, ended_at: end === undefined ? null : Number(end) };
  });
}

/** Writes replicas as one text that people can read: `prometheus-0, prometheus-1 ended 1763800000000`. */
export function writeReplicas(words: readonly ReplicaWord[]): string {
  return words.map(({ name, ended_at }) => (ended_at === null ? name : `${name} ended ${ended_at}`)).join(', ');
}

/** The word of one replica, or undefined when it has not said anything about the episode. */
export function wordOf(words: readonly ReplicaWord[], name: string): ReplicaWord | undefined {
  return words.find((word) => word.name === name);
}

/** What is known after one more word; unchanged when there are too many replicas already. */
export function withWord(words: readonly ReplicaWord[], said: ReplicaWord): ReplicaWord[] {
  const others = words.filter(({ name }) => name !== said.name);
  if (others.length === words.length && words.length >= MOST_REPLICAS) return [...words];
  return [...others, said].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Whether any replica still says that the alert fires. */
export const anyFires = (words: readonly ReplicaWord[]): boolean => words.some(({ ended_at }) => ended_at === null);
