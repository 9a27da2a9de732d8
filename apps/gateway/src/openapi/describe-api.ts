import type { OpenAPIObject } from '@nestjs/swagger';
import { Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ACCESS_RULE, type AccessRule } from '@alertagent/service-kit';
import { MODULE_METADATA } from '@nestjs/common/constants';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { AppModule } from '../app.module';
import { buildDocument, operationIdOf } from './build-document';

/** The API description without database, bus or port: only routes and classes are looked at. */
export async function describeApi(): Promise<OpenAPIObject> {
  const controllers = controllersOf(AppModule).map(bare);

  @Module({ controllers })
  class RoutesOnly {}

  const app = await NestFactory.create(RoutesOnly, new FastifyAdapter(), { logger: false });
  try {
    return buildDocument(app, rolesOf(controllers));
  } finally {
    await app.close();
  }
}

/** The role that each operation is open to, by the operation's id. */
function rolesOf(controllers: readonly Type[]): ReadonlyMap<string, string> {
  return new Map(
    controllers.flatMap((controller) =>
      Object.entries(Object.getOwnPropertyDescriptors(controller.prototype as object)).flatMap(
        ([method, { value }]) => {
          const rule =
            typeof value === 'function' && (Reflect.getMetadata(ACCESS_RULE, value) as AccessRule | undefined);
          return rule && rule.kind === 'role' ? [[operationIdOf(controller.name, method), rule.role] as const] : [];
        },
      ),
    ),
  );
}

function controllersOf(module: Type): Type[] {
  const own = (Reflect.getMetadata(MODULE_METADATA.CONTROLLERS, module) ?? []) as Type[];
  const imported = (Reflect.getMetadata(MODULE_METADATA.IMPORTS, module) ?? []) as Type[];
  return [...own, ...imported.flatMap((inner) => controllersOf(inner))];
}

/** The same routes on a class that needs nothing injected. */
function bare(controller: Type): Type {
  const copy = { [controller.name]: class {} }[controller.name] as Type;
  Object.defineProperties(copy.prototype, {
    ...Object.getOwnPropertyDescriptors(controller.prototype as object),
    constructor: { value: copy },
  });
  for (const key of Reflect.getMetadataKeys(controller) as string[]) {
    if (key !== 'design:paramtypes') Reflect.defineMetadata(key, Reflect.getMetadata(key, controller), copy);
  }
  return copy;
}
