import { checkPolicy, diffOf, type PolicyDocument, type PolicySnapshot } from '@alertagent/alerting';
import { parsePayload, ServiceError, type Actor } from '@alertagent/contracts';
import { AuditLog, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, LessThan, type EntityManager } from 'typeorm';
import { pageSize } from '../alerts/page-cursor';
import { PolicyStore } from './policy-store';
import type {
  ChangedPolicyView,
  ListPolicyVersions,
  PolicyChangeInput,
  PolicyCheckView,
  PolicyDiffView,
  PolicyRollbackInput,
  PolicyVersionPage,
  PolicyView,
} from './policies.dto';
import { PolicyHolder } from './policy-holder';
import { policyVersionView, policyView } from './policy-view';
import { PolicyVersion } from './policy-version.entity';
import { readPolicy } from './read-policy';
import { readVersionCursor, versionCursor } from './version-cursor';

/** Differences that the audit record of a change tells of; the versions hold them all. */
const AUDITED_DIFFERENCES = 100;

/** The policy and its history, as people see and change them. */
@Injectable()
export class Policies {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: PolicyStore,
    private readonly audit: AuditLog,
  ) {}

  /** The policy in force. */
  async current(): Promise<PolicyView> {
    const version = await inTransaction(this.dataSource, (tx) => this.store.currentVersion(tx));
    return this.get(version);
  }

  /** Errors: ServiceError `not_found`. */
  async get(version: number): Promise<PolicyView> {
    return policyView(await this.row(this.dataSource.manager, version));
  }

  /** Newest first. Errors: ServiceError `invalid` for a cursor that is none. */
  async list(query: ListPolicyVersions): Promise<PolicyVersionPage> {
    const size = pageSize(query);
    const below = readVersionCursor(query.cursor);
    const rows = await this.dataSource.manager.find(PolicyVersion, {
      select: { version: true, hash: true, author: true, reason: true, created_at: true },
      where: below === null ? {} : { version: LessThan(below) },
      order: { version: 'DESC' },
      take: size + 1,
    });
    const shown = rows.slice(0, size);
    const last = shown.at(-1);
    return {
      items: shown.map(policyVersionView),
      next_cursor: rows.length > size && last ? versionCursor(last.version) : null,
    };
  }

  /** What changed from version `other`, or the one before, to `version`. Errors: ServiceError `not_found`. */
  async diff(version: number, other: number = version - 1): Promise<PolicyDiffView> {
    const { manager } = this.dataSource;
    const after = (await this.row(manager, version)).document;
    // Before the first version there was nothing.
    const before = other === 0 ? { policy: null, suppressions: [] } : (await this.row(manager, other)).document;
    return { version, with: other, differences: diffOf(before, after) };
  }

  /** Everything that is wrong with a policy, its fields included. */
  async check(policy: object): Promise<PolicyCheckView> {
    try {
      const document = readPolicy(parsePayload(PolicyHolder, { policy }, { unknownFields: 'refuse' }).policy);
      const { suppressions } = await inTransaction(this.dataSource, (tx) => this.inForce(tx));
      const { problems, warnings } = checkPolicy({ policy: document, suppressions });
      return { valid: problems.length === 0, problems, warnings };
    } catch (error) {
      if (!(error instanceof ServiceError) || error.code !== 'invalid') throw error;
      return { valid: false, problems: error.errors, warnings: [] };
    }
  }

  /**
   * Puts a policy in force; the same one changes nothing. Errors: ServiceError `invalid` with every problem, `conflict` when `expected` is
   * not the version in force any more.
   */
  async change(
    { policy, reason }: PolicyChangeInput,
    expected: number | null,
    actor: Actor,
  ): Promise<ChangedPolicyView> {
    const document = readPolicy(policy);
    return this.commit(() => Promise.resolve(document), { reason, expected, actor, action: 'policy.changed' });
  }

  /** Puts the policy of an earlier version in force again, as a new version; suppressions stay as they are. */
  async rollback(
    { to, reason }: PolicyRollbackInput,
    expected: number | null,
    actor: Actor,
  ): Promise<ChangedPolicyView> {
    const policyOf = async (tx: EntityManager): Promise<PolicyDocument> => (await this.row(tx, to)).document.policy;
    return this.commit(policyOf, { reason, expected, actor, action: 'policy.rolled_back' });
  }

  private async commit(
    policyOf: (tx: EntityManager) => Promise<PolicyDocument>,
    { reason, expected, actor, action }: { reason: string; expected: number | null; actor: Actor; action: string },
  ): Promise<ChangedPolicyView> {
    return inTransaction(this.dataSource, async (tx) => {
      const before = await this.inForce(tx);
      const policy = await policyOf(tx);
      const { problems, warnings } = checkPolicy({ ...before, policy });
      if (problems.length > 0) throw new ServiceError('invalid', messageOf(problems), { errors: problems });
      const isSame = diffOf(before.policy, policy).length === 0;
      const change = { policy: isSame ? before.policy : policy, author: actor.name.slice(0, 200), reason };
      const version = await this.store.commit(tx, { ...change, basedOn: expected ?? undefined });
      const row = await this.row(tx, version);
      const differences = diffOf(before, row.document);
      if (differences.length > 0) {
        const after = { version, reason, differences: differences.slice(0, AUDITED_DIFFERENCES) };
        await this.audit.record(tx, { actor, action, resource_type: 'policy', resource_id: String(version), after });
      }
      return { ...policyView(row), warnings };
    });
  }

  private async inForce(tx: EntityManager): Promise<PolicySnapshot> {
    return this.store.snapshot(tx, await this.store.currentVersion(tx));
  }

  private async row(tx: EntityManager, version: number): Promise<PolicyVersion> {
    const row = await tx.findOneBy(PolicyVersion, { version });
    if (!row) throw new ServiceError('not_found', `there is no policy version ${version}`);
    return row;
  }
}

const messageOf = ([first]: { pointer: string; detail: string }[]): string =>
  `${first?.pointer ?? ''}: ${first?.detail ?? 'not valid'}`.slice(0, 200);
