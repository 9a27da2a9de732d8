import type { OpenAPIObject } from '@nestjs/swagger';
import { Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MODULE_METADATA } from '@nestjs/common/constants';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { AppModule } from '../app.module';
import { buildDocument } from './build-document';

/** The API description without database, bus or port: only routes and classes are looked at. */
export async function describeApi(): Promise<OpenAPIObject> {
  const controllers = controllersOf(AppModule).map(bare);

  @Module({ controllers })
  class RoutesOnly {}

  const app = await NestFactory.create(RoutesOnly, new FastifyAdapter(), { logger: false });
  try {
    return buildDocument(app);
  } finally {
    await app.close();
  }
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
