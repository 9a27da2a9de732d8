import { IsArray, IsInt, IsOptional, IsString } from 'class-validator';
import { IsLabelMap, PageQuery, SERVICE_ERROR_CODES, ServiceError, type ServiceErrorCode } from '@alertagent/contracts';
import { Controller, Delete, Get, Injectable, Module, Param, Post, Put } from '@nestjs/common';
import {
  Authenticator,
  CurrentPrincipal,
  JsonBody,
  Public,
  QueryParams,
  RequireCallbackToken,
  RequireClusterToken,
  RequireRole,
  idempotencyKeysEntity,
  idempotencyKeysMigration,
  takeIdempotencyKeys,
  type Principal,
  type ServiceDefinition,
} from '../src';
import { currentContext } from '../src/context/request-context';
import { scriptedConfigService } from './scripted-config-service';

/** Bearer tokens of the things service and who they stand for. */
export const PRINCIPALS: Record<string, Principal> = {
  viewer: { kind: 'user', id: 'u1', name: 'vera', role: 'viewer' },
  operator: { kind: 'user', id: 'u2', name: 'otto', role: 'operator' },
  admin: { kind: 'user', id: 'u3', name: 'anna', role: 'admin' },
  webhook: { kind: 'cluster', id: 't1', name: 'w', cluster_id: 'c1', cluster_name: 'one', purpose: 'webhook' },
  sync: { kind: 'cluster', id: 't2', name: 's', cluster_id: 'c1', cluster_name: 'one', purpose: 'sync' },
  escalate: { kind: 'callback', id: 'k1', name: 'e', purpose: 'escalate' },
  execute: { kind: 'callback', id: 'k2', name: 'x', purpose: 'execute' },
};

@Injectable()
class FixedTokens extends Authenticator {
  async authenticate(token: string): Promise<Principal | null> {
    if (token === 'undecided') throw new ServiceError('unavailable', 'the token could not be checked');
    return Object.hasOwn(PRINCIPALS, token) ? (PRINCIPALS[token] ?? null) : null;
  }
}

export class Thing {
  @IsString() name!: string;
  @IsOptional() @IsInt() size?: number | null;
  @IsOptional() @IsLabelMap() labels?: Record<string, string>;
  @IsOptional() @IsArray() parts?: unknown[];
}

/** What the slow and the unlucky thing have come to. */
export const slowThings = { begun: 0, attempts: 0, finish: (): void => undefined };
const mayFinish = new Promise<void>((resolve) => (slowThings.finish = resolve));

@Controller('things')
class ThingsController {
  @Get('unmarked')
  unmarked(): string {
    return 'must not be seen';
  }

  @Public()
  @Get('open')
  open(): object {
    return { open: true };
  }

  @RequireRole('viewer')
  @Get('viewer')
  viewer(@CurrentPrincipal() principal: Principal): Principal {
    return principal;
  }

  @RequireRole('operator')
  @Get('operator')
  operator(): object {
    return {};
  }

  @RequireRole('admin')
  @Get('admin')
  admin(): object {
    return {};
  }

  @RequireClusterToken('webhook')
  @Get('webhook')
  webhook(): object {
    return {};
  }

  @RequireClusterToken('sync')
  @Get('sync')
  sync(): object {
    return {};
  }

  @RequireCallbackToken('escalate')
  @Get('escalate')
  escalate(): object {
    return {};
  }

  @RequireRole('viewer')
  @Get('fails')
  fails(): never {
    throw new Error("ER_PARSE_ERROR: select * from secrets where token = 'x'");
  }

  @RequireRole('viewer')
  @Get('refuses/:code')
  refuses(@Param('code') code: string): never {
    const known: ServiceErrorCode = SERVICE_ERROR_CODES.find((candidate) => candidate === code) ?? 'internal';
    throw new ServiceError(known, `refused: ${known}`, { errors: [{ pointer: '/a', code: 'b', detail: 'c' }] });
  }

  @RequireRole('viewer')
  @Get('context')
  context(): object {
    return { correlation_id: currentContext()?.correlationId, traceparent: currentContext()?.traceparent };
  }

  @RequireRole('viewer')
  @Get()
  list(@QueryParams(PageQuery) query: PageQuery): PageQuery {
    return query;
  }

  @RequireRole('viewer')
  @Post()
  create(@JsonBody(Thing) thing: Thing): object {
    return { thing, correlation_id: currentContext()?.correlationId };
  }

  /** Takes until `slowThings.finish` was called. */
  @RequireRole('viewer')
  @Post('slow')
  async createSlowly(@JsonBody(Thing) thing: Thing): Promise<object> {
    slowThings.begun += 1;
    await mayFinish;
    return { thing };
  }

  @RequireRole('viewer')
  @Post('unlucky')
  createUnluckily(): object {
    slowThings.attempts += 1;
    if (slowThings.attempts === 1) throw new ServiceError('unavailable', 'not now');
    return { attempts: slowThings.attempts };
  }

  @RequireRole('viewer')
  @Put(':id')
  replace(@Param('id') id: string, @JsonBody(Thing) thing: Thing): object {
    return { id, thing };
  }

  @RequireRole('viewer')
  @Delete(':id')
  remove(@Param('id') id: string): object {
    return { id };
  }
}

@Module({ providers: [{ provide: Authenticator, useClass: FixedTokens }], exports: [Authenticator] })
class TokensModule {}

@RequireRole('admin')
@Controller('vault')
class VaultController {
  @Get()
  look(): object {
    return {};
  }

  @RequireRole('viewer')
  @Get('window')
  glance(): object {
    return {};
  }
}

/** A service with a small public interface, on the kit's whole HTTP set-up. */
export function thingsService(): ServiceDefinition {
  const service = scriptedConfigService(
    {},
    {
      controllers: [ThingsController, VaultController],
      http: { port: () => 0, prepare: (app) => takeIdempotencyKeys(app, 'config') },
    },
  );

  @Module({ imports: [service.module, TokensModule], exports: [TokensModule] })
  class ThingsModule {}

  return {
    ...service,
    module: ThingsModule,
    entities: [...service.entities, idempotencyKeysEntity('config')],
    migrations: [...service.migrations, idempotencyKeysMigration('config')],
  };
}
