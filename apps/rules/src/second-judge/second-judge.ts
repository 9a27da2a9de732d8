import { AlertAgentConfig, LOGGER, type Logger } from '@alertagent/service-kit';
import { grammarOf, judgedFile, promtoolWords, type JudgedFile, type ToValidate } from '@alertagent/alerting';
import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Promtool } from '../promtool/promtool';
import { DisagreementNotes } from './disagreement-notes';
import { SecondJudgeMetrics, type Judgement } from './second-judge.metrics';

/** Promtool reads a file of this size in well under a second. */
const TIMEOUT_MS = 10_000;
/** Larger ones are not put before it. */
const MOST_CHARACTERS = 100_000;
/** Put before it together. */
const AT_ONCE = 50;
/** What may wait, in all; what comes then is left out. */
const MOST_WAITING = 500;
const MOST_CHARACTERS_WAITING = 4_000_000;

/** Something that we have judged, and where it came from. */
export interface Judged {
  subject: ToValidate;
  source: 'validated' | 'saved';
  ruleId: string | null;
  ruleVersion: number | null;
}

/** Lets promtool judge what we have judged, behind the back of whoever asked: nobody ever waits for it. */
@Injectable()
export class SecondJudge implements BeforeApplicationShutdown {
  private readonly waiting: Judged[] = [];
  private waitingCharacters = 0;
  private working: Promise<void> | null = null;
  private readonly stop = new AbortController();
  private readonly isWanted: boolean;
  private readonly log: Logger;

  constructor(
    private readonly promtool: Promtool,
    private readonly notes: DisagreementNotes,
    private readonly metrics: SecondJudgeMetrics,
    config: AlertAgentConfig,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.isWanted = config.rules.second_judge;
    this.log = logger.component('second-judge');
  }

  /** Version of the promtool that judges; null when none does. */
  get version(): string | null {
    const { version } = this.promtool;
    return this.isWanted && version !== null && grammarOf(version) !== null ? version : null;
  }

  /** Takes it into the queue, if there is room. Neither waits nor throws. */
  consider(judged: Judged): void {
    if (this.version === null || this.stop.signal.aborted) return;
    const size = sizeOf(judged.subject);
    const isTooMuch = this.waiting.length >= MOST_WAITING || this.waitingCharacters + size > MOST_CHARACTERS_WAITING;
    if (size > MOST_CHARACTERS || isTooMuch) return this.metrics.count('left_out');
    this.waiting.push(judged);
    this.waitingCharacters += size;
    this.working ??= this.workOff();
  }

  /** What still waits is forgotten. */
  async beforeApplicationShutdown(): Promise<void> {
    this.waiting.length = 0;
    this.stop.abort();
    await this.working;
  }

  private async workOff(): Promise<void> {
    while (this.waiting.length > 0) {
      const turn = this.waiting.splice(0, AT_ONCE);
      for (const { subject } of turn) this.waitingCharacters -= sizeOf(subject);
      for (const outcome of await this.judgeAll(turn)) this.metrics.count(outcome);
    }
    this.working = null;
  }

  /** Most are valid by both, and promtool needs one start to say so of all. Whatever else it says is asked again, one by one. */
  private async judgeAll(turn: readonly Judged[]): Promise<Judgement[]> {
    const files = turn.map(({ subject }) => judgedFile(subject, grammarOf(this.promtool.version!)!));
    const valid = files.filter((file): file is JudgedFile => file?.valid === true);
    const said = valid.length > 1 ? await this.ask(valid).catch(() => null) : null;
    const outcomes: Judgement[] = [];
    for (const [index, judged] of turn.entries()) {
      const file = files[index] ?? null;
      if (file === null) outcomes.push('left_out');
      else if (file.valid && said?.valid) outcomes.push('agreed');
      else if (!this.stop.signal.aborted) outcomes.push(await this.judge(judged, file));
    }
    return outcomes;
  }

  private async judge(judged: Judged, file: JudgedFile): Promise<Judgement> {
    try {
      const said = await this.ask([file]);
      if (said === null) return 'not_judged';
      if (said.valid === file.valid) return 'agreed';
      const reason = file.valid ? said.words : (file.reason ?? 'we do not say why');
      const isDismissed = await this.notes.note({ ...judged, promtool: this.promtool.version!, file, reason });
      return isDismissed ? 'dismissed' : 'disagreed';
    } catch (error) {
      this.log.warn({ error }, 'A rule could not be put before promtool');
      return 'not_judged';
    }
  }

  /** Null is no verdict. Files are valid when each of them is. */
  private ask(files: readonly JudgedFile[]): Promise<{ valid: boolean; words: string } | null> {
    return this.promtool.atBench(async ({ folder, write, run }) => {
      const paths: string[] = [];
      for (const [index, { text }] of files.entries()) paths.push(await write(`rules-${index}.yml`, text));
      const end = await run(['check', 'rules', ...paths], TIMEOUT_MS, this.stop.signal);
      // 1 is a file that it refuses; anything else is no verdict.
      if (end.kind !== 'exited' || (end.code !== 0 && end.code !== 1)) return null;
      return { valid: end.code === 0, words: promtoolWords(end.output, folder) };
    });
  }
}

const sizeOf = (subject: ToValidate): number => {
  if ('yaml' in subject) return subject.yaml.length;
  return 'expression' in subject ? subject.expression.length : JSON.stringify(subject.rule).length;
};
