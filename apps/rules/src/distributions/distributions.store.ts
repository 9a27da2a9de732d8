import { Injectable } from '@nestjs/common';
import { In, type EntityManager } from 'typeorm';
import { memberProofEntity, type StoredProof } from './member-proof.entity';
import { ruleDistributionEntity, type StoredDistribution } from './rule-distribution.entity';

/** Rows per statement: far below SQLite's limit of parameters and MySQL's of bytes. */
const BATCH = 200;

/** By distribution id, then by member. */
export type Proofs = Map<string, Map<string, StoredProof>>;

/** Distributions and what members proved about them. Whoever writes holds the cluster's lock. */
@Injectable()
export class DistributionsStore {
  ofRule(manager: EntityManager, ruleId: string): Promise<StoredDistribution[]> {
    return manager.find(ruleDistributionEntity, { where: { ruleId }, order: { id: 'ASC' } });
  }

  /** In the order of their ids. */
  async ofRules(manager: EntityManager, ruleIds: readonly string[]): Promise<StoredDistribution[]> {
    const rows: StoredDistribution[] = [];
    for (const batch of inBatches(ruleIds))
      rows.push(
        ...(await manager.find(ruleDistributionEntity, { where: { ruleId: In(batch) }, order: { id: 'ASC' } })),
      );
    return rows;
  }

  ofCluster(manager: EntityManager, clusterId: string): Promise<StoredDistribution[]> {
    return manager.findBy(ruleDistributionEntity, { clusterId });
  }

  /** Ids of the rules that were withdrawn from a cluster and not placed there again. */
  async withdrawnRuleIds(manager: EntityManager, clusterId: string): Promise<string[]> {
    const rows = await manager.find(ruleDistributionEntity, {
      select: { id: true, ruleId: true },
      where: { clusterId, withdrawn: true },
      order: { ruleId: 'ASC' },
    });
    return rows.map(({ ruleId }) => ruleId);
  }

  async save(tx: EntityManager, distributions: readonly StoredDistribution[]): Promise<void> {
    for (const batch of inBatches(distributions)) await tx.upsert(ruleDistributionEntity, batch, ['id']);
  }

  /** What members proved about these distributions, by distribution id. */
  async proofs(manager: EntityManager, distributionIds: readonly string[]): Promise<Proofs> {
    const rows: StoredProof[] = [];
    for (const batch of inBatches(distributionIds)) {
      rows.push(...(await manager.findBy(memberProofEntity, { distributionId: In(batch) })));
    }
    return byDistribution(rows);
  }

  /** The same for everything on one cluster. */
  async proofsOfCluster(manager: EntityManager, clusterId: string): Promise<Proofs> {
    return byDistribution(await manager.findBy(memberProofEntity, { clusterId }));
  }

  async saveProofs(tx: EntityManager, proofs: readonly StoredProof[]): Promise<void> {
    for (const batch of inBatches(proofs)) await tx.upsert(memberProofEntity, batch, ['distributionId', 'member']);
  }

  /** Forgets how far members came with distributions that start again. */
  async dropProofs(tx: EntityManager, distributionIds: readonly string[]): Promise<void> {
    for (const batch of inBatches(distributionIds)) await tx.delete(memberProofEntity, { distributionId: In(batch) });
  }

  /** Ends all distributions of a cluster that nobody watches any more. */
  async dropCluster(tx: EntityManager, clusterId: string): Promise<void> {
    await tx.delete(memberProofEntity, { clusterId });
    await tx.delete(ruleDistributionEntity, { clusterId });
  }
}

function inBatches<T>(rows: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(rows.length / BATCH) }, (_, index) =>
    rows.slice(index * BATCH, (index + 1) * BATCH),
  );
}

function byDistribution(rows: readonly StoredProof[]): Proofs {
  const proofs: Proofs = new Map();
  for (const row of rows) {
    const ofDistribution = proofs.get(row.distributionId);
    if (ofDistribution) ofDistribution.set(row.member, row);
    else proofs.set(row.distributionId, new Map([[row.member, row]]));
  }
  return proofs;
}
