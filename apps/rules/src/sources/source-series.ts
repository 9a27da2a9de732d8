import { Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { PromqlSource } from './promql-source';

/** Asks a source which series it has. */
@Injectable()
export class SourceSeries {
  constructor(
    private readonly source: PromqlSource,
    private readonly clock: Clock,
  ) {}

  /**
   * Whether a series that matches had a sample within this many milliseconds before now; VictoriaMetrics looks at whole days. Errors:
   * SourceFailure.
   */
  async has(queryUrl: string, selector: string, withinMs: number, signal?: AbortSignal): Promise<boolean> {
    const now = this.clock.now().getTime();
    const seconds = (ms: number) => (ms / 1000).toFixed(3);
    const range = { start: seconds(now - withinMs), end: seconds(now), limit: '1' };
    const data = await this.source.query(queryUrl, '/series', { 'match[]': selector, ...range }, signal);
    return !Array.isArray(data) || data.length > 0;
  }

  /** The value of an expression at this moment, when it has one series; 0 when it has none. Errors: SourceFailure. */
  async value(queryUrl: string, expression: string, signal?: AbortSignal): Promise<number> {
    const time = (this.clock.now().getTime() / 1000).toFixed(3);
    const data = await this.source.query(queryUrl, '/query', { query: expression, time }, signal);
    const { result } = data as { result?: { value?: [number, string] }[] };
    return Number((Array.isArray(result) && result[0]?.value?.[1]) || 0);
  }
}
