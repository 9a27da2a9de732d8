import type { ToolName } from '@alertagent/service-kit';

/** What a tool found out about a file. */
export type Verdict = { kind: 'accepted' } | { kind: 'refused'; reason: string };

const MAX_REASON = 1_000;

/**
 * Reads a tool's answer. Exit code 0 is not enough for rules: promtool takes an empty file, and the part of a file that
 * it ignores, for a success, so it must also have found as many rules as we wrote.
 */
export function verdictOf(
  tool: ToolName,
  run: { code: number; output: string },
  expected: { file: string; rules: number },
): Verdict {
  if (run.code !== 0)
    return { kind: 'refused', reason: `${tool} refuses the file: ${reasonIn(run.output, expected.file)}` };
  if (tool === 'amtool') return { kind: 'accepted' };
  const found = /\b(\d+) rules found/.exec(run.output)?.[1];
  if (Number(found) === expected.rules) return { kind: 'accepted' };
  return { kind: 'refused', reason: `promtool found ${found ?? 'no'} rules in the file instead of ${expected.rules}` };
}

/** The tool's own words, without our temporary path and its headings. */
function reasonIn(output: string, file: string): string {
  const text = output
    .replaceAll(file, 'file')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^Checking\b/.test(line) && !/^(FAILED:|SUCCESS.*)$/.test(line))
    .join('; ');
  return (text || 'it does not say why').slice(0, MAX_REASON).toWellFormed();
}
