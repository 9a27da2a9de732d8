import { createHash } from 'node:crypto';
import { compilePolicy, type CompiledPolicy, type PolicyDocument, type PolicySnapshot } from '@alertagent/alerting';
import { ServiceError } from '@alertagent/contracts';
import { AlertAgentConfig, Clock, isUniqueViolation, LostRaceError } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { SuppressionsStore } from '../suppressions/suppressions.store';
import { configuredPolicy, configuredSuppressions } from './configured-snapshot';
import { PolicyVersion } from './policy-version.entity';

/** Author of the versions that come from the configuration file. */
export const CONFIGURATION_AUTHOR = 'configuration file';
/** Author of versions in which only the file's suppressions changed, under a policy that people made. */
const CONFIGURED_SUPPRESSIONS_AUTHOR = 'configuration file, suppressions';
/** Compiled versions kept in memory: the current one, and those that replays ask for. */
const MOST_COMPILED = 8;

/** What is changed, by whom and why. */
export interface PolicyChange {
  /** A new policy; absent when only suppressions changed. */
  policy?: PolicyDocument;
  author: string;
  reason: string;
  /** The version the author started from; a newer one in between is a conflict. */
  basedOn?: number;
}

/** The versions of the policy, and the one in force. */
@Injectable()
export class PolicyStore {
  private readonly compiled = new Map<number, CompiledPolicy>();
  private isConfigurationTaken = false;

  constructor(
    private readonly config: AlertAgentConfig,
    private readonly suppressions: SuppressionsStore,
    private readonly clock: Clock,
  ) {}

  /**
   * Whether the configuration file has been compared, which happens once: it counts until the first change over the API. Until then
   * reading the policy in force may write it.
   */
  get isSettled(): boolean {
    return this.isConfigurationTaken;
  }

  /** The policy in force, as the transaction sees it. */
  async current(tx: EntityManager): Promise<CompiledPolicy> {
    const version = await this.currentVersion(tx);
    const known = this.compiled.get(version);
    if (known) return known;
    // Until it is known to be committed, another instance may still give the number to another content.
    return this.compile(version, await this.snapshot(tx, version), this.isConfigurationTaken);
  }

  /** The number of the version in force; makes the first one when there is none. */
  async currentVersion(tx: EntityManager): Promise<number> {
    if (!this.isConfigurationTaken) return this.takeConfiguration(tx);
    const rows: { version: unknown }[] = await tx.query('SELECT MAX(version) AS version FROM policy_versions');
    return Number(rows[0]?.version ?? 0);
  }

  /** A version, ready to decide with. Errors: ServiceError `not_found`. */
  async version(tx: EntityManager, version: number): Promise<CompiledPolicy> {
    return this.compiled.get(version) ?? this.compile(version, await this.snapshot(tx, version));
  }

  /** A version as it was stored. Errors: ServiceError `not_found`. */
  async snapshot(tx: EntityManager, version: number): Promise<PolicySnapshot> {
    const row = await tx.findOneBy(PolicyVersion, { version });
    if (!row) throw new ServiceError('not_found', `there is no policy version ${version}`);
    return row.document;
  }

  /**
   * Makes a new version of the policy and the suppressions as they are in this transaction; none when nothing changed. Returns the version in
   * force. Errors: ServiceError `invalid` with pointers into `{policy, suppressions}`; `conflict` when `basedOn` was overtaken.
   */
  async commit(tx: EntityManager, { policy, author, reason, basedOn }: PolicyChange): Promise<number> {
    const current = await this.currentVersion(tx);
    if (basedOn !== undefined && basedOn !== current) throw overtaken(current);
    const before = await this.snapshot(tx, current);
    const document = { policy: policy ?? before.policy, suppressions: await this.allSuppressions(tx) };
    if (hashOf(document) === hashOf(before)) return current;
    return this.insert(tx, current + 1, document, author, reason);
  }

  private async takeConfiguration(tx: EntityManager): Promise<number> {
    const [latest] = await tx.find(PolicyVersion, { order: { version: 'DESC' }, take: 1 });
    const isOfPeople = latest !== undefined && !(await this.isPolicyOfFile(tx, latest.document.policy));
    const policy = isOfPeople ? latest.document.policy : configuredPolicy(this.config.gateway);
    const document = { policy, suppressions: await this.allSuppressions(tx) };
    if (latest && hashOf(document) === latest.hash) {
      this.isConfigurationTaken = true;
      return latest.version;
    }
    // Not taken yet: the transaction may be rolled back. The next call finds it committed.
    const author = isOfPeople ? CONFIGURED_SUPPRESSIONS_AUTHOR : CONFIGURATION_AUTHOR;
    return this.insert(tx, (latest?.version ?? 0) + 1, document, author, 'taken from alertagent.yml');
  }

  /** Whether a policy is the one that was last taken from the file: nobody has changed it since. */
  private async isPolicyOfFile(tx: EntityManager, policy: PolicyDocument): Promise<boolean> {
    const [taken] = await tx.find(PolicyVersion, {
      where: { author: CONFIGURATION_AUTHOR },
      order: { version: 'DESC' },
      take: 1,
    });
    return taken !== undefined && JSON.stringify(taken.document.policy) === JSON.stringify(policy);
  }

  private async allSuppressions(tx: EntityManager): Promise<PolicySnapshot['suppressions']> {
    return [...configuredSuppressions(this.config.gateway), ...(await this.suppressions.definitions(tx))];
  }

  private async insert(
    tx: EntityManager,
    version: number,
    document: PolicySnapshot,
    author: string,
    reason: string,
  ): Promise<number> {
    this.compile(version, document, false);
    const created_at = this.clock.now().getTime();
    try {
      await tx.insert(PolicyVersion, { version, hash: hashOf(document), document, author, reason, created_at });
    } catch (error) {
      // Another change, or another gateway that took its file, got the number: this one goes on top of it or finds it done.
      throw isUniqueViolation(error) ? new LostRaceError(error) : error;
    }
    return version;
  }

  /** `keep`: not before the version is committed; another writer may get the number. */
  private compile(version: number, document: PolicySnapshot, keep = true): CompiledPolicy {
    const result = compilePolicy(document, version);
    if (!result.ok) throw new ServiceError('invalid', 'the policy has problems', { errors: result.problems });
    if (!keep) return result.policy;
    if (this.compiled.size >= MOST_COMPILED) this.compiled.delete(this.compiled.keys().next().value!);
    this.compiled.set(version, result.policy);
    return result.policy;
  }
}

const hashOf = (document: PolicySnapshot): string =>
  createHash('sha256').update(JSON.stringify(document), 'utf8').digest('hex');

const overtaken = (current: number): ServiceError =>
  new ServiceError('conflict', `somebody else changed the policy; it is at version ${current} now`, {
    errors: [{ pointer: '', code: 'version_mismatch', detail: `version ${current} is in force` }],
  });
