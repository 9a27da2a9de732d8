import {
  DEFAULT_PROMETHEUS_VERSION,
  grammarOf,
  LINT_CHECKS,
  validateExpression,
  validateRuleDocument,
  validateRuleText,
  type Severity,
  type ToValidate,
  type Validation,
  type ValidationOptions,
} from '@alertagent/alerting';
import { ServiceError, type RuleValidationInput, type RuleValidationVerdict } from '@alertagent/contracts';
import { AlertAgentConfig } from '@alertagent/service-kit';
import { Injectable, Logger } from '@nestjs/common';
import { SecondJudge } from '../second-judge/second-judge';
import { LiveChecks } from './live-checks';
import { LookedAtClusters } from './looked-at-clusters';

/** As many problems as one answer holds; a file that is wrong throughout has thousands. */
const MOST_PROBLEMS = 1000;

/** Says what Prometheus would make of a rule, and which habits it shows. */
@Injectable()
export class RuleValidation {
  private readonly severities: Readonly<Record<string, Severity | 'off'>>;

  constructor(
    config: AlertAgentConfig,
    private readonly secondJudge: SecondJudge,
    private readonly clusters: LookedAtClusters,
    private readonly live: LiveChecks,
  ) {
    const { check_severities: severities } = config.rules;
    const unknown = Object.keys(severities).filter((name) => !LINT_CHECKS.includes(name));
    if (unknown.length > 0) {
      new Logger(RuleValidation.name).warn(
        `rules.check_severities names checks that do not exist: ${unknown.join(', ')}`,
      );
    }
    // The configuration let nothing else through.
    this.severities = severities as Record<string, Severity | 'off'>;
  }

  /** Errors: `invalid` unless exactly one of expression, rule and yaml is given, and for a cluster that is not there. */
  async validate(input: RuleValidationInput): Promise<RuleValidationVerdict> {
    const subject = subjectOf(input);
    const options = this.optionsFor(input);
    const found = validated(subject, options);
    this.secondJudge.consider({ subject, source: 'validated', ruleId: null, ruleVersion: null });
    const { clusters, notAsked } = await this.clusters.of(input, subject, options.grammar);
    if (clusters.length === 0 && notAsked.length === 0) return verdict(found);
    const { problems, live } = await this.live.look(clusters, this.severities);
    const all = verdict({ ...found, problems: [...found.problems, ...problems] });
    return { ...all, live, ...(notAsked.length > 0 ? { live_not_asked: notAsked } : {}) };
  }

  private optionsFor({ prometheus_version: version, lint }: RuleValidationInput): ValidationOptions {
    const grammar = grammarOf(version ?? DEFAULT_PROMETHEUS_VERSION);
    if (!grammar) {
      const errors = [{ pointer: '/prometheus_version', code: 'bad_version', detail: 'is no version of Prometheus' }];
      throw new ServiceError('invalid', 'prometheus_version is no version of Prometheus', { errors });
    }
    return { grammar, lint: lint === false ? null : { severities: this.severities } };
  }
}

/** Errors: `invalid` unless exactly one thing was given. */
function subjectOf({ expression, rule, yaml }: RuleValidationInput): ToValidate {
  const given = [expression, rule, yaml].filter((each) => each !== undefined && each !== null);
  if (given.length !== 1) throw new ServiceError('invalid', 'give exactly one of expression, rule and yaml');
  if (typeof expression === 'string') return { expression };
  return typeof yaml === 'string' ? { yaml } : { rule: rule as Record<string, unknown> };
}

function validated(subject: ToValidate, options: ValidationOptions): Validation {
  if ('expression' in subject) return validateExpression(subject.expression, options);
  if ('yaml' in subject) return validateRuleText(subject.yaml, options);
  return validateRuleDocument(subject.rule, options);
}

/** What makes it invalid is told first when there is more than an answer holds. */
function verdict({ valid, problems }: RuleValidationVerdict): RuleValidationVerdict {
  if (problems.length <= MOST_PROBLEMS) return { valid, problems };
  const errors = problems.filter(({ severity }) => severity === 'error');
  const others = problems.filter(({ severity }) => severity !== 'error');
  return { valid, problems: [...errors, ...others].slice(0, MOST_PROBLEMS) };
}
