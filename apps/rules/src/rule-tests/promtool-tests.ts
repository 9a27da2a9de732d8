import { promtoolWords, type PromtestFile } from '@alertagent/alerting';
import type { RuleTestResult, RuleTestState } from '@alertagent/contracts';
import { Slots, type ToolRun } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { Promtool, type PromtoolBench } from '../promtool/promtool';

/** Tests that take longer are no unit tests. */
const TIMEOUT_MS = 60_000;
/** For all tests of a file. */
const TOTAL_MS = 120_000;
const MAX_AT_ONCE = 2;

/** What promtool said about a file of tests. */
export interface TestVerdict {
  state: Extract<RuleTestState, 'passed' | 'failed' | 'error' | 'not_run'>;
  reason: string | null;
  promtool: string | null;
  results: RuleTestResult[];
}

/** Runs unit tests with the real promtool. */
@Injectable()
export class PromtoolTests {
  private readonly slots = new Slots(MAX_AT_ONCE);

  constructor(private readonly promtool: Promtool) {}

  /** All tests of a file against rule files, given as texts. Errors of the file system are thrown. */
  test(file: PromtestFile, ruleFiles: readonly string[]): Promise<TestVerdict> {
    if (this.promtool.version === null) {
      const reason = 'there is no promtool on this machine: the tests were not run, and nothing is held back by them';
      return Promise.resolve({ state: 'not_run', reason, promtool: null, results: [] });
    }
    return this.slots.run(() => this.promtool.atBench((bench) => this.judge(bench, { file, ruleFiles })));
  }

  private async judge(
    bench: PromtoolBench,
    { file, ruleFiles }: { file: PromtestFile; ruleFiles: readonly string[] },
  ): Promise<TestVerdict> {
    const names = ruleFiles.map((_, index) => `rules-${index}.yml`);
    for (const [index, text] of ruleFiles.entries()) await bench.write(names[index]!, text);
    const run = async (label: string, only?: number): Promise<ToolRun> => {
      const test = await bench.write(`${label}.yml`, file.render({ ruleFiles: names, only }));
      return bench.run(['test', 'rules', test], TIMEOUT_MS);
    };
    const whole = await run('tests');
    const promtool = this.promtool.version;
    if (whole.kind === 'exited' && whole.code === 0) {
      const results = file.names.map((name, position) => result(position, name, 'passed', null));
      return { state: 'passed', reason: null, promtool, results };
    }
    const state = whole.kind === 'exited' ? 'failed' : 'error';
    const results = state === 'failed' ? await this.oneByOne(file, bench.folder, run) : [];
    // Of a file that cannot be loaded no single test is to blame.
    const isNamed = results.some(({ verdict }) => verdict !== 'passed');
    return { state, reason: isNamed ? null : wordsOf(whole, bench.folder), promtool, results };
  }

  private async oneByOne(
    file: PromtestFile,
    folder: string,
    run: (label: string, only: number) => Promise<ToolRun>,
  ): Promise<RuleTestResult[]> {
    const end = performance.now() + TOTAL_MS;
    const results: RuleTestResult[] = [];
    for (const [position, name] of file.names.entries()) {
      if (performance.now() > end) {
        results.push(result(position, name, 'error', 'there was no time left to run it'));
        continue;
      }
      const one = await run(`test-${position}`, position);
      if (one.kind === 'exited' && one.code === 0) results.push(result(position, name, 'passed', null));
      else results.push(result(position, name, one.kind === 'exited' ? 'failed' : 'error', wordsOf(one, folder)));
    }
    return results;
  }
}

const result = (
  position: number,
  name: string,
  verdict: RuleTestResult['verdict'],
  message: string | null,
): RuleTestResult => ({ position, name, verdict, message });

function wordsOf(run: ToolRun, folder: string): string {
  if (run.kind === 'exited') return promtoolWords(run.output, folder);
  if (run.kind === 'timeout') return `promtool took longer than ${TIMEOUT_MS / 1000} s`;
  if (run.kind === 'flood') return 'promtool said more than anybody would read';
  return 'promtool could not be started';
}
