import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { defineRequest, type RequestContract } from './contract';
import { SERVICE_NAMES, type ServiceName } from './services';

/** Who asked for a change; written into the audit record. */
export class Actor {
  /** `token` for API tokens, `cluster` for machine tokens, `system` for the service itself. */
  @IsIn(['token', 'cluster', 'system']) kind!: 'token' | 'cluster' | 'system';
  @IsString() @MaxLength(64) id!: string;
  @IsString() @MaxLength(200) name!: string;
  /** What the token may do; absent for machines and for what older versions stored. Each service decides by it only what no address tells apart. */
  @IsOptional() @IsIn(['viewer', 'operator', 'admin']) role?: 'viewer' | 'operator' | 'admin' | null;
}

/** One page of a list: at most `limit` items after `cursor`. */
export class PageQuery {
  @IsOptional() @IsString() @MaxLength(500) cursor?: string | null;
  @IsOptional() @IsInt() @Min(1) @Max(500) limit?: number | null;
}

/** An answer with nothing to say but "done". */
export class Done {
  @IsBoolean() done!: boolean;
}

export class ById {
  @IsString() @MaxLength(100) id!: string;
}

/** An event no attempt could handle; kept with its reason until somebody replays or deletes it. */
export class ParkedMessageView {
  @IsString() id!: string;
  @IsString() service!: string;
  @IsString() handler!: string;
  @IsString() subject!: string;
  @IsString() message_id!: string;
  @IsString() reason!: string;
  @IsInt() deliveries!: number;
  @IsString() parked_at!: string;
  @IsOptional() @IsString() replayed_at?: string | null;
  /** The payload as it arrived, cut at 64 KiB for display. */
  @IsString() payload!: string;
}

export class ParkedMessagePage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => ParkedMessageView) items!: ParkedMessageView[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

/** One audited change. `hash` covers the entry and the hash of the one before it. */
export class AuditEntryView {
  @IsString() service!: string;
  @IsInt() seq!: number;
  @IsString() at!: string;
  @ValidateNested() @Type(() => Actor) actor!: Actor;
  @IsString() action!: string;
  @IsString() resource_type!: string;
  @IsString() resource_id!: string;
  @IsOptional() @IsObject() before?: object | null;
  @IsOptional() @IsObject() after?: object | null;
  @IsOptional() @IsString() correlation_id?: string | null;
  @IsString() hash!: string;
}

export class AuditPage {
  @IsArray() @ValidateNested({ each: true }) @Type(() => AuditEntryView) items!: AuditEntryView[];
  @IsOptional() @IsString() next_cursor?: string | null;
}

export class AuditVerification {
  @IsString() service!: string;
  @IsBoolean() ok!: boolean;
  @IsInt() checked!: number;
  /** `seq` of the first entry that does not fit the chain. */
  @IsOptional() @IsInt() broken_at?: number | null;
}

export class Nothing {}

/** The requests every service answers about itself; service-kit handles them. */
export interface ServiceOperations {
  readonly listParked: RequestContract<PageQuery, ParkedMessagePage>;
  readonly replayParked: RequestContract<ById, Done>;
  readonly deleteParked: RequestContract<ById, Done>;
  readonly listAudit: RequestContract<PageQuery, AuditPage>;
  readonly verifyAudit: RequestContract<Nothing, AuditVerification>;
}

function operationsOf(owner: ServiceName): ServiceOperations {
  const subject = (verb: string): string => `alertagent.${owner}.v1.${verb}`;
  return {
    listParked: defineRequest({ owner, subject: subject('list-parked'), request: PageQuery, reply: ParkedMessagePage }),
    replayParked: defineRequest({
      owner,
      subject: subject('replay-parked'),
      request: ById,
      reply: Done,
      timeoutMs: 10_000,
    }),
    deleteParked: defineRequest({ owner, subject: subject('delete-parked'), request: ById, reply: Done }),
    listAudit: defineRequest({ owner, subject: subject('list-audit'), request: PageQuery, reply: AuditPage }),
    verifyAudit: defineRequest({
      owner,
      subject: subject('verify-audit'),
      request: Nothing,
      reply: AuditVerification,
      timeoutMs: 60_000,
    }),
  };
}

/** Operations by service, e.g. `serviceOperations.rules.listParked`. */
export const serviceOperations: Readonly<Record<ServiceName, ServiceOperations>> = {
  gateway: operationsOf('gateway'),
  rules: operationsOf('rules'),
  clusters: operationsOf('clusters'),
  config: operationsOf('config'),
  ai: operationsOf('ai'),
};

/** Every service's operations, for start-up checks and the contract snapshot. */
export const allServiceOperations = SERVICE_NAMES.flatMap((name) => Object.values(serviceOperations[name]));
