import { pointerTo } from '../../problems';
import { StructValues, type GoValue } from '../schema/go-type';

/** A node of the routing tree with its place in the document. */
export interface PlacedRoute {
  node: StructValues;
  pointer: string;
}

/** The routes right below one, in the order in which Alertmanager tries them. */
export function childrenOf(route: PlacedRoute): PlacedRoute[] {
  return route.node.list('routes').map((child, index) => ({
    node: valuesOf(child),
    pointer: `${route.pointer}${pointerTo('routes', index)}`,
  }));
}

/** The root of a configuration's routes. */
export function rootOf(document: StructValues): PlacedRoute {
  return { node: document.struct('route'), pointer: '/route' };
}

/** A route and everything below it, parents first. */
export function walkRoutes(route: PlacedRoute): PlacedRoute[] {
  return [route, ...childrenOf(route).flatMap(walkRoutes)];
}

/** The fields of something that should be a mapping; none when it is not. */
export function valuesOf(value: GoValue | undefined): StructValues {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  return new StructValues(isRecord ? value : {});
}

/** The texts of a list. */
export function textsOf(values: StructValues, name: string): string[] {
  return values.list(name).map((item) => (typeof item === 'string' ? item : ''));
}
