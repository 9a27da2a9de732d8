import { IsCleanText } from '@alertagent/contracts';
import { IsOptional, MaxLength } from 'class-validator';

/** What is told of a change that has no body. */
export class RuleChangeQuery {
  /** Why, for those who read the history. */
  @IsOptional() @IsCleanText() @MaxLength(1000) reason?: string | null;
}
