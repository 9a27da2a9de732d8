import { createHash } from 'node:crypto';
import type { RuleView } from '@alertagent/contracts';
import { canonicalJson } from '@alertagent/service-kit';
import { ruleInputOf } from '../rules/rule-view';

/** SHA-256 of what a person wrote of a rule: two versions that say the same have the same. */
export function contentHash(view: RuleView): string {
  return createHash('sha256')
    .update(canonicalJson(ruleInputOf(view)))
    .digest('hex');
}
