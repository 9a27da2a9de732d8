import type { EntityManager } from 'typeorm';
import type { Batch } from './batch';
import { selectIn } from './bulk-write';

/** The names, by id, of all clusters that the news of a batch can be about; for a batch whose incidents are known. */
export async function clusterNames(tx: EntityManager, { events, set }: Batch): Promise<ReadonlyMap<string, string>> {
  const ids = new Set(events.map(({ alert }) => alert.cluster_id));
  for (const { breakdown } of set.incidents.values()) for (const id of Object.keys(breakdown)) ids.add(id);
  const rows = await selectIn<{ id: string; name: string }>(
    tx,
    [...ids],
    (list) => `SELECT id, name FROM known_clusters WHERE id IN (${list})`,
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}
