import { join } from 'node:path';

/** A guard in the compiled sources of the product, and what stands in its place while it is out. */
export interface SourceSabotage {
  /** How the path of the file ends. */
  file: string;
  /** The text of the guard; it occurs exactly once. */
  guard: string;
  instead: string;
}

/** Guards that can be taken out of the product's sources while a process loads them. Other sabotages are up to their rows. */
export const SOURCE_SABOTAGES: Readonly<Record<string, SourceSabotage>> = {
  'ack-before-commit': {
    file: 'apps/gateway/dist/intake/webhook-intake.js',
    guard: 'await this.commits.submit(',
    instead: 'void this.commits.submit(',
  },
  'answer-429': {
    file: 'libs/service-kit/dist/http/problem.js',
    guard: 'unavailable: { status: 503',
    instead: 'unavailable: { status: 429',
  },
  'no-redrive': {
    file: 'libs/service-kit/dist/outbox/stream-watch.js',
    guard: 'const rows = await this.store.redrive(stream, afterSeq, mark);',
    instead: 'const rows = 0;',
  },
  'no-inbox': {
    file: 'libs/service-kit/dist/inbox/inbox.js',
    guard: 'await tx.insert(this.entity, { handler, messageId, handledAt: new Date() });',
    instead: '',
  },
  'no-circuit': {
    file: 'libs/service-kit/dist/bus/bus.js',
    guard: 'if (!circuit.admits())',
    instead: 'if (false)',
  },
  'discard-old': {
    file: 'libs/service-kit/dist/bus/jetstream-publisher.js',
    guard: 'discard: nats_1.DiscardPolicy.New,',
    instead: '',
  },
  'machine-clock': {
    file: 'libs/service-kit/dist/clock/steady-clock.js',
    guard: 'return new Date(Math.round(this.origin + this.monotonic()));',
    instead: 'return new Date();',
  },
  'one-lane': {
    file: 'apps/clusters/dist/health/endpoint-checks.js',
    guard: 'laneOf(each, now) === lane',
    instead: 'true',
  },
  'no-hold': {
    file: 'apps/clusters/dist/health/member-health.js',
    guard: 'changedAt === null || at.getTime() - changedAt.getTime() >= holdMs',
    instead: 'true',
  },
  'long-memory': {
    file: 'libs/service-kit/dist/cluster-tokens/cluster-tokens.js',
    guard: 'const FRESH_MS = 500;',
    instead: 'const FRESH_MS = 5_000;',
  },
  'no-repeat': {
    file: 'apps/gateway/dist/intake/inbox-writer.js',
    guard: 'if (attempt < MAX_ATTEMPTS &&',
    instead: 'if (false &&',
  },
  'unchecked-settings': {
    file: 'libs/service-kit/dist/database/open-database.js',
    guard: 'await (0, check_database_settings_1.checkDatabaseSettings)(dataSource)',
    instead: '[]',
  },
  'no-storage-full': {
    file: 'libs/service-kit/dist/database/database-errors.js',
    guard: 'if (isStorageFull(error)) {',
    instead: 'if (false) {',
  },
  'no-read-only': {
    file: 'libs/service-kit/dist/database/database-errors.js',
    guard: 'if (isReadOnly(error)) {',
    instead: 'if (false) {',
  },
  'trust-download': {
    file: 'apps/sidecar/dist/verify-revision.js',
    guard: 'if (sha256(answer.body) !== config.hash)',
    instead: 'if (false)',
  },
  'trust-signature': {
    file: 'apps/sidecar/dist/verify-revision.js',
    guard: "if (!isSigned(text, read('x-config-signature')))",
    instead: 'if (false)',
  },
  'write-in-place': {
    file: 'apps/sidecar/dist/atomic-file.js',
    guard: 'const temporary = ',
    instead: 'const temporary = path; const unused = ',
  },
  'no-fsync': {
    file: 'apps/sidecar/dist/atomic-file.js',
    guard: 'await file.sync();',
    instead: '',
  },
  'trust-reload': {
    file: 'apps/sidecar/dist/rule-proof.js',
    guard: "standing: 'missing'",
    instead: "standing: 'live'",
  },
  'no-lock': {
    file: 'apps/sidecar/dist/write-lock.js',
    guard: 'if (await isAlive(path, found))',
    instead: 'if (false)',
  },
  'no-repair': {
    file: 'apps/sidecar/dist/target-watch.js',
    guard: 'await applier.repair();',
    instead: 'undefined;',
  },
  'always-minimal': {
    file: 'apps/sidecar/dist/revision-applier.js',
    guard: "if (bytes === null && onDisk === null && type === 'alertmanager-config')",
    instead: "if (type === 'alertmanager-config')",
  },
  'no-loss-guard': {
    file: 'apps/config/dist/rendering/decide-revision.js',
    guard: 'if (losses.length > 0)',
    instead: 'if (false)',
  },
  'no-gate': {
    file: 'apps/config/dist/rendering/prepared-file.js',
    guard: "if (verdict.kind === 'refused')",
    instead: 'if (false)',
  },
  'no-second-try': {
    file: 'apps/config/dist/holds/due-renders.js',
    guard: 'await this.holds.retryRefused(',
    instead: 'void (',
  },
  'keep-stale': {
    file: 'apps/ai/dist/analyses/stale-analyses.js',
    guard: 'if (!(await this.store.claim(tx, seen, changes)))',
    instead: 'if (true)',
  },
  'fresh-key': {
    file: 'apps/ai/dist/workflows/n8n-client.js',
    guard: "'idempotency-key': key,",
    instead: "'idempotency-key': `${key}-${Math.random()}`,",
  },
  'unearned-autonomy': {
    file: 'libs/alerting/dist/automation/gates.js',
    guard: 'return is_autonomy_on && entry.allows_autonomy && is_earned;',
    instead: 'return is_autonomy_on && entry.allows_autonomy;',
  },
  'calm-failure': {
    file: 'libs/alerting/dist/decisions/decide.js',
    guard: 'const escalation = escalationReason(input, thresholds);',
    instead: 'const escalation = null;',
  },
  'no-revision': {
    file: 'apps/ai/dist/automation/actions.store.js',
    guard: '{ id, revision }, {',
    instead: '{ id }, {',
  },
  'repeat-lost': {
    file: 'apps/ai/dist/automation/action-permits.js',
    guard: 'if (isOnce && action.attempts < MAX_ATTEMPTS)',
    instead: 'if (action.attempts < MAX_ATTEMPTS)',
  },
  'no-serving-from-memory': {
    file: 'apps/config/dist/serving/served-revisions.js',
    guard: 'const entry = this.entries.get((0, config_key_1.keyText)(key)) ??',
    instead: 'const entry =',
  },
  'last-writer-wins': {
    file: 'apps/rules/dist/rules/rules.service.js',
    guard: 'if (expected !== null && expected !== undefined && rule.version !== expected)',
    instead: 'if (false)',
  },
  'batch-abandoned': {
    file: 'apps/rules/dist/rule-batches/batch-loop.js',
    guard: 'await this.runner.run(id);',
    instead: 'void id;',
  },
};

/** Faults of our own that a row puts into a service while it runs it: nothing that the product guards may let them out. */
export const SOURCE_BUGS: Readonly<Record<string, SourceSabotage>> = {
  // As a release would that forgets a bracket: every expression with one is a parse error.
  'lost-brackets': {
    file: 'apps/config/dist/rendering/desired-file.js',
    guard: 'renderRuleFile)(all, settings',
    instead:
      "renderRuleFile)(all.map((rule) => ({ ...rule, expression: rule.expression.replaceAll(')', '') })), settings",
  },
};

/** Name of the variable that tells a process which guards to take out and which bugs to have, separated by commas. */
export const SABOTAGE_VARIABLE = 'FAULT_SABOTAGE';

/** Arguments of node that change the sources as these names say; none when none of them is about sources. */
export function sabotageArguments(...names: readonly (string | undefined)[]): string[] {
  const isInSources = names.some((name) => name !== undefined && (name in SOURCE_SABOTAGES || name in SOURCE_BUGS));
  return isInSources ? ['--require', join(__dirname, 'sabotage-preload.js')] : [];
}
