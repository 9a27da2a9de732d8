import type { StructValues } from '../schema/go-type';
import { blackHoles } from './black-holes';
import { hiddenRoutes } from './hidden-routes';
import { localTime } from './local-time';
import { missingLabels } from './missing-labels';
import { outdatedFields } from './outdated-fields';
import { printedLists } from './printed-lists';
import type { Warning, WarningCheck } from './warning';

const CHECKS: readonly WarningCheck[] = [
  printedLists,
  missingLabels,
  blackHoles,
  hiddenRoutes,
  outdatedFields,
  localTime,
];

/** Everything in a valid configuration that loads and bites later. */
export function findWarnings(document: StructValues, minor: number): Warning[] {
  return CHECKS.flatMap((check) => check(document, minor));
}
