import { ServiceError, type RuleView } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { RuleReader } from '../rules/rule-reader';

/** Rules as they stand. */
@Injectable()
export class CurrentRules {
  constructor(private readonly reader: RuleReader) {}

  /** Null when there is none, or when it was deleted. */
  async find(ruleId: string): Promise<RuleView | null> {
    try {
      return await this.reader.get(ruleId);
    } catch (error) {
      if (error instanceof ServiceError && error.code === 'not_found') return null;
      throw error;
    }
  }
}
