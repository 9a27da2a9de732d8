import { excerpt, pointerTo } from '../../problems';
import { rootOf, valuesOf, walkRoutes } from '../routing/walk-routes';
import { INTEGRATIONS } from '../schema/configuration';
import type { WarningCheck } from './warning';

/** Names that say that nothing is meant to be sent. */
const MEANT = /^(?:null|none|void|devnull|dev-null|black-?hole|drop|noop)$/i;

/** A receiver without a way to notify swallows what it gets; one that no route names gets nothing. */
export const blackHoles: WarningCheck = (document) => {
  const used = new Set(walkRoutes(rootOf(document)).map(({ node }) => node.text('receiver')));
  return document.list('receivers').flatMap((item, index) => {
    const receiver = valuesOf(item);
    const name = receiver.text('name');
    const pointer = pointerTo('receivers', index);
    const isEmpty = Object.keys(INTEGRATIONS).every((kind) => receiver.list(kind).length === 0);
    if (!used.has(name)) {
      return [{ check: 'unused_receiver', message: `no route leads to "${excerpt(name)}"`, pointer }];
    }
    if (!isEmpty || MEANT.test(name)) return [];
    const message = `"${excerpt(name)}" has no way to notify: alerts that reach it are lost`;
    return [{ check: 'black_hole', message, pointer, fix: 'call it "null" if that is meant' }];
  });
};
