import { lintLive, type LiveSource, type QueryBudget, type Severity } from '@alertagent/alerting';
import type { LiveLook, RuleProblemView } from '@alertagent/contracts';
import { AlertAgentConfig } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { inParallel } from '../health/in-parallel';
import { SourceFailure } from '../sources/source-failure';
import { SourceSeries } from '../sources/source-series';
import type { LookedAtCluster } from './looked-at-clusters';

/** For all questions to one cluster; somebody waits for the answer. */
const LONGEST_MS = 10_000;
/** Questions at once to one source. */
const AT_ONCE = 4;

type AskedSource = LiveSource & { isOver: () => boolean };

/** What was found on the data of clusters, and which could be asked. */
export interface LiveVerdict {
  problems: RuleProblemView[];
  live: LiveLook[];
}

/** Asks the sources of clusters what rules would find there. A source that does not answer is told, and is no error. */
@Injectable()
export class LiveChecks {
  private readonly budget: QueryBudget;

  constructor(
    private readonly series: SourceSeries,
    { rules }: AlertAgentConfig,
  ) {
    this.budget = { series: rules.query_budget_series, samples: rules.query_budget_samples };
  }

  async look(
    clusters: readonly LookedAtCluster[],
    severities: Readonly<Record<string, Severity | 'off'>>,
  ): Promise<LiveVerdict> {
    const sources = this.sourcesOf(clusters);
    const found = await Promise.all(clusters.map((cluster) => this.lookAt(cluster, sources, severities)));
    const problems = found.flatMap((one) => one.problems);
    return {
      problems: problems.sort((a, b) => a.line - b.line || a.column - b.column),
      live: found.map(({ look }) => look),
    };
  }

  private async lookAt(
    { id, name, queryUrl, subjects }: LookedAtCluster,
    sources: ReadonlyMap<string, AskedSource>,
    severities: Readonly<Record<string, Severity | 'off'>>,
  ): Promise<{ problems: RuleProblemView[]; look: LiveLook }> {
    const problems: RuleProblemView[] = [];
    const look = (outcome: LiveLook['outcome'], reason: string | null) => ({
      problems,
      look: { cluster_id: id, cluster_name: name, outcome, reason },
    });
    const source = queryUrl === null ? undefined : sources.get(queryUrl);
    if (!source) return look('no_address', 'the cluster has no query_url');
    let failure: SourceFailure | null = null;
    await inParallel(subjects, AT_ONCE, async (rule) => {
      // What one rule asks may be too much where the others are not: only time ends it for all.
      if (failure !== null && (source.isOver() || failure.outcome === 'not_allowed')) return;
      try {
        const found = await lintLive(rule, { severities, budget: this.budget }, source);
        problems.push(...found.map((problem) => ({ ...problem, cluster: name })));
      } catch (error) {
        if (!(error instanceof SourceFailure)) throw error;
        failure ??= error;
      }
    });
    return failure === null ? look('asked', null) : look(...told(failure, source.isOver()));
  }

  /** Clusters may share a source: it is asked once for them all. */
  private sourcesOf(clusters: readonly LookedAtCluster[]): Map<string, AskedSource> {
    const urls = new Set(clusters.flatMap(({ queryUrl }) => (queryUrl === null ? [] : [queryUrl])));
    return new Map([...urls].map((url) => [url, this.sourceAt(url, AbortSignal.timeout(LONGEST_MS))]));
  }

  /** Many rules look at the same series: each question is put once. */
  private sourceAt(queryUrl: string, signal: AbortSignal): AskedSource {
    const answers = new Map<string, Promise<unknown>>();
    const once = <T>(key: string, ask: () => Promise<T>): Promise<T> => {
      const answer = (answers.get(key) as Promise<T> | undefined) ?? ask();
      answers.set(key, answer);
      return answer;
    };
    return {
      has: (selector, withinMs) =>
        once(`${withinMs} ${selector}`, () => this.series.has(queryUrl, selector, withinMs, signal)),
      value: (expression) => once(expression, () => this.series.value(queryUrl, expression, signal)),
      isOver: () => signal.aborted,
    };
  }
}

function told({ outcome, message }: SourceFailure, isOver: boolean): [LiveLook['outcome'], string] {
  if (outcome === 'not_allowed') return ['not_allowed', message];
  return ['failed', isOver ? `not all was answered within ${LONGEST_MS / 1000} s: ${message}` : message];
}
