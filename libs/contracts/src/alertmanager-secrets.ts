import { Type } from 'class-transformer';
import { IsArray, IsInt, IsOptional, IsString, Matches, MaxLength, MinLength, ValidateNested } from 'class-validator';
import { defineRequest } from './contract';
import { Actor, Done, PageQuery } from './kit';

/** The names that import makes hold those of receivers, which may be anything on one line. */
const SECRET_NAME = /^[\p{L}\p{N}][^\p{Cc}]{0,498}$/u;
const nameMessage = { message: 'expected a name of 1 to 499 characters that begins with a letter or digit' };

/** A secret in Alertmanager configurations. Its value is never answered. */
export class AlertmanagerSecretView {
  @IsString() name!: string;
  /** Grows with each new value. */
  @IsInt() version!: number;
  @IsString() author!: string;
  @IsString() created_at!: string;
  @IsString() updated_at!: string;
  /** Names of the layers that refer to it. */
  @IsArray() @IsString({ each: true }) used_by!: string[];
}

export class AlertmanagerSecretPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => AlertmanagerSecretView) items!: AlertmanagerSecretView[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

/** A page of secrets, by name. */
export class ListAlertmanagerSecrets extends PageQuery {}

/** A new value for a secret. */
export class AlertmanagerSecretInput {
  /** Kept encrypted, and never answered. */
  @IsString() @MinLength(1) @MaxLength(20_000) value!: string;
}

export class SetAlertmanagerSecret extends AlertmanagerSecretInput {
  @Matches(SECRET_NAME, nameMessage) name!: string;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

export class DeleteAlertmanagerSecret {
  @IsString() @MaxLength(500) name!: string;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
}

const owner = 'clusters' as const;

export const listAlertmanagerSecrets = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.list-alertmanager-secrets',
  request: ListAlertmanagerSecrets,
  reply: AlertmanagerSecretPage,
});
export const setAlertmanagerSecret = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.set-alertmanager-secret',
  request: SetAlertmanagerSecret,
  reply: AlertmanagerSecretView,
  timeoutMs: 30_000,
});
export const deleteAlertmanagerSecret = defineRequest({
  owner,
  subject: 'alertagent.clusters.v1.delete-alertmanager-secret',
  request: DeleteAlertmanagerSecret,
  reply: Done,
  timeoutMs: 30_000,
});
