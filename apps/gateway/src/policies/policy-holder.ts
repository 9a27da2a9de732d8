import { Type } from 'class-transformer';
import { ValidateNested } from 'class-validator';
import { PolicyInput } from './policy.dto';

/** A policy where requests have it, so that problems are found under `/policy`. */
export class PolicyHolder {
  @ValidateNested() @Type(() => PolicyInput) policy!: PolicyInput;
}
