import { IsCleanText, IsUtcTime, PageQuery } from '@alertagent/contracts';
import { CALLBACK_PURPOSES, ROLES, type CallbackPurpose, type Role } from '@alertagent/service-kit';
import { Type } from 'class-transformer';
import { IsArray, IsIn, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';

/** Body of `POST /api/v1/tokens`: a person's token with a role, or a workflow's callback token with a purpose. */
export class ApiTokenInput {
  @IsCleanText() @MaxLength(200) name!: string;
  @IsOptional() @IsIn(ROLES) role?: Role | null;
  @IsOptional() @IsIn(CALLBACK_PURPOSES) purpose?: CallbackPurpose | null;
  /** When it stops working; never, when absent. */
  @IsOptional() @IsUtcTime() expires_at?: string | null;
}

export class ApiTokenView {
  @IsString() id!: string;
  @IsString() name!: string;
  @IsOptional() @IsIn(ROLES) role?: Role | null;
  @IsOptional() @IsIn(CALLBACK_PURPOSES) purpose?: CallbackPurpose | null;
  @IsString() created_by!: string;
  @IsString() created_at!: string;
  @IsOptional() @IsString() expires_at?: string | null;
  @IsOptional() @IsString() revoked_at?: string | null;
  @IsOptional() @IsString() last_used_at?: string | null;
}

export class IssuedApiToken extends ApiTokenView {
  /** Shown once. */
  @IsString() token!: string;
}

export class ApiTokenPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => ApiTokenView) items!: ApiTokenView[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

export class ListApiTokens extends PageQuery {}
