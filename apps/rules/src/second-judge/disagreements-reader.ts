import {
  ServiceError,
  type ById,
  type ListRuleDisagreements,
  type RuleDisagreementPage,
  type RuleDisagreementView,
} from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DisagreementsStore } from './disagreements.store';
import type { StoredDisagreement } from './rule-disagreement.entity';
import { SecondJudge } from './second-judge';

const DEFAULT_LIMIT = 50;
/** Characters of a text in a list. */
const EXCERPT = 500;

/** Tells what promtool judged differently. */
@Injectable()
export class DisagreementsReader {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: DisagreementsStore,
    private readonly judge: SecondJudge,
  ) {}

  /** Newest first, those that are open unless told, texts shortened. Errors: `invalid` when the cursor is none of ours. */
  async list({ cursor, limit, state }: ListRuleDisagreements): Promise<RuleDisagreementPage> {
    if (cursor && !/^[0-9a-f-]{36}$/.test(cursor)) {
      const problem = { pointer: '/cursor', code: 'bad_cursor', detail: 'expected the next_cursor of an earlier page' };
      throw new ServiceError('invalid', '/cursor: not a cursor of this list', { errors: [problem] });
    }
    const size = limit ?? DEFAULT_LIMIT;
    const found = await this.store.list(this.dataSource.manager, state ?? 'open', {
      before: cursor ?? null,
      limit: size + 1,
    });
    const items = found.slice(0, size);
    return {
      items: items.map((one) => disagreementView(one, EXCERPT)),
      next_cursor: found.length > size ? (items.at(-1)?.id ?? null) : null,
      promtool: this.judge.version,
    };
  }

  /** Errors: `not_found`. */
  async get({ id }: ById): Promise<RuleDisagreementView> {
    const found = await this.store.find(this.dataSource.manager, id);
    if (!found) throw new ServiceError('not_found', 'there is no such disagreement');
    return disagreementView(found);
  }
}

/** One with its text up to `longest` characters, whole unless told. */
export const disagreementView = (found: StoredDisagreement, longest = Infinity): RuleDisagreementView => ({
  id: found.id,
  source: found.source,
  rule_id: found.ruleId,
  rule_version: found.ruleVersion,
  promtool: found.promtool,
  valid: found.valid,
  reason: found.reason,
  text: found.text.slice(0, longest).toWellFormed(),
  is_shortened: found.text.length > longest,
  seen: found.seen,
  first_seen_at: found.firstSeenAt.toISOString(),
  last_seen_at: found.lastSeenAt.toISOString(),
  dismissed_at: found.dismissedAt?.toISOString() ?? null,
  dismissed_by: found.dismissedBy,
  dismissal_reason: found.dismissalReason,
});
