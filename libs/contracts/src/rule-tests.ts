import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  MaxLength,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { defineRequest } from './contract';
import { Actor, ById, Done, PageQuery } from './kit';
import { IsCleanText } from './validators';

/**
 * `passed` and `failed` are promtool's word; `error`: it came to no verdict, `reason` says why; `not_run`: there is no promtool on this
 * machine, so that nothing is known.
 */
export const RULE_TEST_STATES = ['waiting', 'running', 'passed', 'failed', 'error', 'not_run'] as const;
export type RuleTestState = (typeof RULE_TEST_STATES)[number];

/** Unit tests of a rule, as `promtool test rules` reads them. */
export class RuleTestsInput {
  /** YAML of a promtool test file. Its `rule_files` are replaced: tested are this rule and those of `with`, as they are stored. */
  @IsString() @MinLength(1) @MaxLength(262_144) content!: string;
  /** Ids of further rules that the tests need, such as the recording rules whose series the rule reads. */
  @IsOptional() @IsArray() @ArrayMaxSize(100) @IsString({ each: true }) @MaxLength(36, { each: true }) with?:
    string[] | null;
}

export class RuleTestResult {
  /** Which of the file's tests, from 0. */
  @IsInt() position!: number;
  /** As the file names it; empty when it does not. */
  @IsString() name!: string;
  @IsIn(['passed', 'failed', 'error']) verdict!: 'passed' | 'failed' | 'error';
  /** What promtool says against it. */
  @IsOptional() @IsString() message!: string | null;
}

/** One run of a rule's tests on one version of the rule. */
export class RuleTestRunView {
  @IsString() id!: string;
  @IsString() rule_id!: string;
  @IsInt() rule_version!: number;
  /** Tests have versions of their own. */
  @IsInt() tests_version!: number;
  @IsIn(RULE_TEST_STATES) state!: RuleTestState;
  @IsOptional() @IsString() reason!: string | null;
  /** The version of promtool that judged. */
  @IsOptional() @IsString() promtool!: string | null;
  @IsArray() @ValidateNested({ each: true }) @Type(() => RuleTestResult) results!: RuleTestResult[];
  /** This version of the rule is not distributed because of it; what was placed before stays. */
  @IsBoolean() blocks!: boolean;
  /** Why it may be distributed all the same, and who said so. */
  @IsOptional() @IsString() override_reason!: string | null;
  @IsOptional() @IsString() overridden_by!: string | null;
  @IsString() created_at!: string;
  @IsOptional() @IsString() ended_at!: string | null;
}

export class RuleTestsView {
  @IsString() rule_id!: string;
  @IsString() content!: string;
  @IsArray() @IsString({ each: true }) with!: string[];
  @IsInt() version!: number;
  @IsInt() test_count!: number;
  @IsString() updated_at!: string;
  @IsString() updated_by!: string;
  /** The run on the rule's current version. */
  @IsOptional() @ValidateNested() @Type(() => RuleTestRunView) latest!: RuleTestRunView | null;
}

export class RuleTestRunPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => RuleTestRunView) items!: RuleTestRunView[];
  @IsOptional() @IsString() next_cursor!: string | null;
}

/** An existing test file, to be stored with the rules that it tests. */
export class RuleTestImport {
  /** YAML of a promtool test file. Rules are found by the `alertname` of its tests, wherever its `rule_files` lie. */
  @IsString() @MinLength(1) @MaxLength(262_144) content!: string;
  /** Only rules of this group. */
  @IsOptional() @IsCleanText() @MaxLength(200) group?: string | null;
}

export class ImportedRuleTests {
  /** Rules that have the tests now: each that the file names, tested together with the others of their groups. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => RuleTestsView) items!: RuleTestsView[];
  /** Names of alerts that no stored rule has. */
  @IsArray() @IsString({ each: true }) missing!: string[];
}

export class RuleTestOverride {
  /** Why a version that failed its tests may run. */
  @IsCleanText() @MinLength(1) @MaxLength(1000) reason!: string;
}

export class PutRuleTests {
  @IsString() @MaxLength(36) id!: string;
  @ValidateNested() @Type(() => RuleTestsInput) tests!: RuleTestsInput;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class RuleTestOrder {
  @IsString() @MaxLength(36) id!: string;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class OverrideRuleTests extends RuleTestOrder {
  @IsCleanText() @MinLength(1) @MaxLength(1000) reason!: string;
}

export class ImportRuleTests {
  @ValidateNested() @Type(() => RuleTestImport) file!: RuleTestImport;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class ListRuleTestRuns extends PageQuery {
  @IsString() @MaxLength(36) id!: string;
}

const owner = 'rules' as const;

/** Errors: `invalid` with pointers; `not_found` for the rule or one of `with`. */
export const putRuleTests = defineRequest({
  owner,
  subject: 'alertagent.rules.v1.put-rule-tests',
  request: PutRuleTests,
  reply: RuleTestsView,
  timeoutMs: 8000,
});
/** Errors: `not_found`, also when the rule has no tests. */
export const getRuleTests = defineRequest({
  owner,
  subject: 'alertagent.rules.v1.get-rule-tests',
  request: ById,
  reply: RuleTestsView,
});
/** What the tests held back is distributed then. */
export const deleteRuleTests = defineRequest({
  owner,
  subject: 'alertagent.rules.v1.delete-rule-tests',
  request: RuleTestOrder,
  reply: Done,
  timeoutMs: 8000,
});
/** Runs them on the rule's current version and waits a few seconds for the verdict: `waiting` or `running` in the answer mean that it comes later. */
export const runRuleTests = defineRequest({
  owner,
  subject: 'alertagent.rules.v1.run-rule-tests',
  request: RuleTestOrder,
  reply: RuleTestRunView,
  timeoutMs: 12_000,
});
/** By version of the rule, newest first. */
export const listRuleTestRuns = defineRequest({
  owner,
  subject: 'alertagent.rules.v1.list-rule-test-runs',
  request: ListRuleTestRuns,
  reply: RuleTestRunPage,
});
/** Errors: `conflict` when nothing is held back. */
export const overrideRuleTests = defineRequest({
  owner,
  subject: 'alertagent.rules.v1.override-rule-tests',
  request: OverrideRuleTests,
  reply: RuleTestRunView,
  timeoutMs: 8000,
});
export const importRuleTests = defineRequest({
  owner,
  subject: 'alertagent.rules.v1.import-rule-tests',
  request: ImportRuleTests,
  reply: ImportedRuleTests,
  timeoutMs: 20_000,
});
