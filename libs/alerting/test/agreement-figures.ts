/** A verdict of ours beside that of the real program. */
export interface JudgedCase {
  what: string;
  ours: boolean;
  theirs: boolean;
}

/** Collects how often our verdicts are those of the real programs; `npm run agreement` prints it. */
export class AgreementFigures {
  private readonly lines: string[] = [];

  /** Counts the cases. Answers those on which the verdicts differ, first those that we take and the program refuses. */
  disagreements(kind: string, judge: string, cases: readonly JudgedCase[]): string[] {
    const differ = cases.filter(({ ours, theirs }) => ours !== theirs);
    const taken = differ.filter(({ ours }) => ours).length;
    const share = cases.length === 0 ? 100 : (100 * (cases.length - differ.length)) / cases.length;
    this.lines.push(
      `${kind.padEnd(34)} ${judge.padEnd(16)} ${String(cases.length).padStart(6)} cases  ${share.toFixed(2).padStart(6)} % agree  ` +
        `${differ.length} disagreements, ${taken} of them taken by us and refused by it`,
    );
    return [...differ]
      .sort((a, b) => Number(b.ours) - Number(a.ours))
      .map(({ what, ours }) => `${ours ? 'taken' : 'refused'}: ${what}`);
  }

  /** Prints the figures where they were asked for. */
  print(): void {
    if (process.env.ALERTAGENT_AGREEMENT === 'print') process.stdout.write(`\n${this.lines.join('\n')}\n`);
  }
}
