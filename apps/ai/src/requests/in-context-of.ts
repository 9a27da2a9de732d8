import { runInContext, type RequestContext } from '@alertagent/service-kit';

/** Work that is done together with that of others, with the request it belongs to. */
export interface InContext {
  /** None for what no request asked for. */
  context: RequestContext | undefined;
}

/** Does a part of common work in the name of whom it is for: its events and records bear that one's correlation id. */
export function inContextOf<T>({ context }: InContext, work: () => T): T {
  return context ? runInContext(context, work) : work();
}
