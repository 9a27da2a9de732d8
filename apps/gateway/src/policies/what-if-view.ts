import type { Page, PageDifference } from '@alertagent/alerting';
import { ServiceError } from '@alertagent/contracts';
import { pageSize, type PageRequest } from '../alerts/page-cursor';
import { iso, isoOrNull } from '../alerts/wire-time';
import type { WhatIfRun } from './what-if-run';
import type { PageDifferencePage, PageDifferenceView, PageView, WhatIfView } from './what-if.dto';

/** A run as it is shown. */
export function whatIfView(run: WhatIfRun): WhatIfView {
  const { plan } = run;
  const { events, before, after, teams, difference_count } = run.result();
  return {
    id: run.id,
    state: run.state,
    author: plan.author,
    created_at: iso(plan.created_at),
    finished_at: isoOrNull(run.finished_at),
    from: iso(plan.wanted.from),
    to: iso(plan.wanted.to),
    cluster_id: plan.wanted.cluster_id,
    policy_version: plan.before.version,
    alerts_done: run.alerts_done,
    alerts_total: plan.alerts_total,
    unreadable: run.unreadable,
    error: run.error,
    warnings: plan.warnings,
    result: { events, before, after, teams, difference_count },
  };
}

/** Differences found so far, oldest first. Errors: ServiceError `invalid` for a cursor that is none. */
export function differencePage(run: WhatIfRun, query: PageRequest): PageDifferencePage {
  const from = readPlace(query.cursor);
  const to = from + pageSize(query);
  const { differences } = run.result();
  return {
    items: differences.slice(from, to).map(differenceView),
    next_cursor: differences.length > to ? Buffer.from(`d${to}`, 'latin1').toString('base64url') : null,
  };
}

function differenceView({ kind, at, before, after }: PageDifference): PageDifferenceView {
  return { kind, at: iso(at), before: before && pageView(before), after: after && pageView(after) };
}

function pageView({ kind, at, cluster_id, title, severity, priority, team, workflow, path }: Page): PageView {
  return { kind, at: iso(at), cluster_id, title, severity, priority, team, workflow, path };
}

function readPlace(cursor: string | null | undefined): number {
  if (cursor === null || cursor === undefined) return 0;
  const match = /^d(\d{1,6})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  if (match) return Number(match[1]);
  const detail = 'expected the next_cursor of the page before';
  throw new ServiceError('invalid', detail, { errors: [{ pointer: '/cursor', code: 'bad_cursor', detail }] });
}
