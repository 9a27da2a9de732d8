import { compileMatchers } from '@alertagent/alerting';
import {
  ServiceError,
  type Actor,
  type ApprovalPolicyInput,
  type ApprovalPolicyView,
  type CreateApprovalPolicy,
  type DeleteApprovalPolicy,
  type FieldProblem,
  type UpdateApprovalPolicy,
} from '@alertagent/contracts';
import { AuditLog, Clock, inTransaction, isUniqueViolation, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { StoredApprovalPolicy } from './approval-policy.entity';
import { ApprovalPoliciesStore } from './approval-policies.store';
import { policyView } from './approval-views';

/** Makes, changes and deletes approval policies. Versions that wait already go on waiting. */
@Injectable()
export class ApprovalPoliciesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: ApprovalPoliciesStore,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Errors: `invalid`, with pointers; `conflict` when the name is taken. */
  async create({ policy: input, actor }: CreateApprovalPolicy): Promise<ApprovalPolicyView> {
    const now = this.clock.now();
    const policy = { ...contentOf(input), id: newId(), version: 1, createdAt: now, updatedAt: now };
    await this.write(async (tx) => {
      await this.store.insert(tx, policy);
      await this.record(tx, actor, 'created', { before: null, after: policy });
    });
    return policyView(policy);
  }

  /** Errors: as for `create`, `not_found`, and `conflict` when it is not at `expected_version`. */
  async update({ id, policy: input, expected_version, actor }: UpdateApprovalPolicy): Promise<ApprovalPolicyView> {
    const content = contentOf(input);
    return this.write(async (tx) => {
      const before = await this.expect(tx, id, expected_version);
      const after = { ...before, ...content, version: before.version + 1, updatedAt: this.clock.now() };
      if (!(await this.store.replace(tx, after))) throw changedMeanwhile();
      await this.record(tx, actor, 'updated', { before, after });
      return policyView(after);
    });
  }

  /** Errors: `not_found`, `conflict`. */
  async delete({ id, expected_version, actor }: DeleteApprovalPolicy): Promise<void> {
    await this.write(async (tx) => {
      const before = await this.expect(tx, id, expected_version);
      if (!(await this.store.delete(tx, before))) throw changedMeanwhile();
      await this.record(tx, actor, 'deleted', { before, after: null });
    });
  }

  private async write<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    try {
      return await inTransaction(this.dataSource, work);
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      const detail = 'another approval policy has this name';
      throw new ServiceError('conflict', detail, {
        errors: [{ pointer: '/name', code: 'not_unique', detail }],
        cause: error,
      });
    }
  }

  private async expect(tx: EntityManager, id: string, expected?: number | null): Promise<StoredApprovalPolicy> {
    const policy = await this.store.find(tx, id);
    if (!policy) throw new ServiceError('not_found', 'there is no such approval policy');
    if (expected === null || expected === undefined || policy.version === expected) return policy;
    const detail = `the policy is at version ${policy.version}, not ${expected}`;
    throw new ServiceError('conflict', detail, { errors: [{ pointer: '', code: 'version_mismatch', detail }] });
  }

  private async record(
    tx: EntityManager,
    actor: Actor,
    action: 'created' | 'updated' | 'deleted',
    { before, after }: { before: StoredApprovalPolicy | null; after: StoredApprovalPolicy | null },
  ): Promise<void> {
    await this.audit.record(tx, {
      actor,
      action: `approval-policy.${action}`,
      resource_type: 'approval-policy',
      resource_id: (after ?? before)!.id,
      before: before && policyView(before),
      after: after && policyView(after),
    });
  }
}

function contentOf(input: ApprovalPolicyInput) {
  const content = {
    name: input.name,
    owner: input.owner ?? null,
    matchers: input.matchers ?? [],
    approverRole: input.approver_role ?? ('operator' as const),
    enabled: input.enabled ?? true,
  };
  const problems = content.matchers.flatMap((matcher, index) => matcherProblem(matcher, `/matchers/${index}`));
  if (content.owner === null && content.matchers.length === 0)
    problems.push({ pointer: '', code: 'required', detail: 'name a team (owner), or at least one matcher' });
  const [first] = problems;
  if (first) throw new ServiceError('invalid', `${first.pointer}: ${first.detail}`.slice(0, 200), { errors: problems });
  return content;
}

function matcherProblem(matcher: string, pointer: string): FieldProblem[] {
  try {
    compileMatchers([matcher]);
    return [];
  } catch (error) {
    return [{ pointer, code: 'bad_matcher', detail: error instanceof Error ? error.message : 'unusable matcher' }];
  }
}

const changedMeanwhile = (): ServiceError =>
  new ServiceError('conflict', 'the policy was changed by somebody else meanwhile');
