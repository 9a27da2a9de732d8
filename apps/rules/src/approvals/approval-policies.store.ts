import { Injectable } from '@nestjs/common';
import { MoreThan, type EntityManager } from 'typeorm';
import { approvalPolicyEntity, type StoredApprovalPolicy } from './approval-policy.entity';

@Injectable()
export class ApprovalPoliciesStore {
  find(manager: EntityManager, id: string): Promise<StoredApprovalPolicy | null> {
    return manager.findOneBy(approvalPolicyEntity, { id });
  }

  /** In the order in which they were made. */
  list(manager: EntityManager, after: string | null, limit: number): Promise<StoredApprovalPolicy[]> {
    const where = after ? { id: MoreThan(after) } : {};
    return manager.find(approvalPolicyEntity, { where, order: { id: 'ASC' }, take: limit });
  }

  enabled(manager: EntityManager): Promise<StoredApprovalPolicy[]> {
    return manager.find(approvalPolicyEntity, { where: { enabled: true }, order: { id: 'ASC' } });
  }

  /** Errors: a unique violation when the name is taken. */
  async insert(tx: EntityManager, policy: StoredApprovalPolicy): Promise<void> {
    await tx.insert(approvalPolicyEntity, policy);
  }

  /** False when somebody else changed it first. Errors: as `insert`. */
  async replace(tx: EntityManager, { id, ...policy }: StoredApprovalPolicy): Promise<boolean> {
    const { affected } = await tx.update(approvalPolicyEntity, { id, version: policy.version - 1 }, policy);
    return affected === 1;
  }

  async delete(tx: EntityManager, { id, version }: StoredApprovalPolicy): Promise<boolean> {
    const { affected } = await tx.delete(approvalPolicyEntity, { id, version });
    return affected === 1;
  }
}
