import type { ApproverRole } from '@alertagent/contracts';
import { epochMs, json } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';

/** Which changes of rules a second person has to approve. */
export interface StoredApprovalPolicy {
  id: string;
  name: string;
  owner: string | null;
  matchers: string[];
  approverRole: ApproverRole;
  enabled: boolean;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

export const approvalPolicyEntity = new EntitySchema<StoredApprovalPolicy>({
  name: 'approval_policies',
  columns: {
    id: { type: 'varchar', length: 36, primary: true },
    name: { type: 'varchar', length: 100 },
    owner: { type: 'varchar', length: 200, nullable: true },
    matchers: { type: 'longtext', transformer: json<string[]>() },
    approverRole: { name: 'approver_role', type: 'varchar', length: 20 },
    enabled: { type: 'boolean' },
    version: { type: 'int' },
    createdAt: { name: 'created_at', type: 'bigint', transformer: epochMs },
    updatedAt: { name: 'updated_at', type: 'bigint', transformer: epochMs },
  },
  indices: [{ name: 'UQ_approval_policies_name', columns: ['name'], unique: true }],
});
