import type { HostileRow } from '../row';
import { accessRows } from './access-rows';
import { bodyRows } from './body-rows';
import { corpusRows } from './corpus-rows';
import { fieldRows } from './field-rows';
import { framingRows } from './framing-rows';
import { idempotencyRows } from './idempotency-rows';
import { pathRows } from './path-rows';
import { patternRows } from './pattern-rows';
import { queryRows } from './query-rows';
import { ruleRows } from './rule-rows';
import { slowRows } from './slow-rows';
import { ssrfRows } from './ssrf-rows';
import { statusRows } from './status-rows';
import { explosionRows, storedTextRows } from './stored-text-rows';
import { textFieldRows } from './text-field-rows';
import { webhookRows } from './webhook-rows';

/** Every row; those that store text come after those that search for it. */
export const ALL_ROWS: readonly HostileRow[] = [
  ...queryRows,
  ...bodyRows,
  ...pathRows,
  ...framingRows,
  ...accessRows,
  ...statusRows,
  ...ssrfRows,
  ...idempotencyRows,
  ...fieldRows,
  ...textFieldRows,
  ...patternRows,
  ...webhookRows,
  ...storedTextRows,
  ...ruleRows,
  ...corpusRows,
  ...slowRows,
  ...explosionRows,
];
