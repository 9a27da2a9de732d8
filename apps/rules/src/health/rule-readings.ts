import { setImmediate as nextTurn } from 'node:timers/promises';
import { canonicalExpression, neededSelectors } from '@alertagent/alerting';
import { canonicalJson } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { StoredRule } from '../rules/stored-rule';

/** What a rule's text says, read once. */
export interface RuleReading {
  /** Two rules with the same say the same. */
  meaning: string;
  /** Selectors without whose series it cannot do what it is for. */
  selectors: string[];
}

/** Reading is dear: others get their turn after so many. */
const AT_A_TIME = 50;

/** Keeps what was read of rules between sweeps. */
@Injectable()
export class RuleReadings {
  private kept = new Map<string, RuleReading>();
  private used = new Map<string, RuleReading>();

  async of(rules: readonly StoredRule[]): Promise<Map<string, RuleReading>> {
    const readings = new Map<string, RuleReading>();
    let isRead = 0;
    for (const rule of rules) {
      const key = textOf(rule);
      const known = this.used.get(key) ?? this.kept.get(key);
      if (!known && (isRead += 1) % AT_A_TIME === 0) await nextTurn();
      const reading = known ?? read(rule);
      this.used.set(key, reading);
      readings.set(rule.id, reading);
    }
    return readings;
  }

  /** At the end of a sweep: what it did not use is forgotten. */
  endSweep(): void {
    this.kept = this.used;
    this.used = new Map();
  }
}

function read(rule: StoredRule): RuleReading {
  const expression = canonicalExpression(rule.expression) ?? rule.expression;
  return { meaning: textOf({ ...rule, expression }), selectors: neededSelectors(rule.expression) };
}

/** Alerts of two names that say the same are one too many; what is recorded under two names may be wanted twice. */
const textOf = ({ kind, name, expression, duration, keepFiringFor, severity, labels }: StoredRule): string =>
  canonicalJson([kind === 'recording' ? name : '', expression, duration, keepFiringFor, severity, labels]);
