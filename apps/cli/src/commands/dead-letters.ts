import { CommandError, EXIT } from '../exit-codes';
import type { CommandContext } from './context';

interface Letter {
  id: string;
  analysis_id: string;
  workflow: string;
  kind: string;
  reason: string;
  attempts: number;
  replayable: boolean;
  created_at: string;
}

export interface ListDeadLettersOptions {
  workflow?: string;
  kind?: string;
}

export interface ReplayDeadLettersOptions {
  /** All of this workflow, instead of one. */
  workflow?: string;
}

/** `dead-letters list`: runs of workflows that never were, newest first. */
export async function listDeadLetters(
  { terminal, api }: CommandContext,
  { workflow, kind }: ListDeadLettersOptions,
): Promise<number> {
  const letters: Letter[] = [];
  for await (const letter of api().all<Letter>('/ai/dead-letters', { workflow, kind })) letters.push(letter);
  const lines = letters.map(
    ({ id, created_at, workflow: of, kind: what, reason, replayable }) =>
      `${id} ${created_at} ${of} ${what}${replayable ? '' : ' (over)'}: ${reason}`,
  );
  terminal.result({ items: letters }, lines.length > 0 ? lines : ['no dead letters']);
  return EXIT.ok;
}

/** `dead-letters replay`: one, or all of a workflow. */
export async function replayDeadLetters(
  { terminal, api }: CommandContext,
  id: string | undefined,
  { workflow }: ReplayDeadLettersOptions,
): Promise<number> {
  if ((id === undefined) === (workflow === undefined)) {
    throw new CommandError(
      EXIT.usage,
      'give the id of a letter, or --workflow',
      'agentctl dead-letters list tells the ids',
    );
  }
  const client = api();
  if (id !== undefined) {
    const { analysis_id } = await client.post<{ analysis_id: string }>(
      `/ai/dead-letters/${encodeURIComponent(id)}/replay`,
      {},
    );
    terminal.result({ replayed: 1, refused: 0 }, [`analysis ${analysis_id} begins anew`]);
    return EXIT.ok;
  }
  const sums = { replayed: 0, refused: 0 };
  let cursor: string | null | undefined;
  do {
    const part = await client.post<{ replayed: number; refused: number; next_cursor?: string | null }>(
      '/ai/dead-letters/replay',
      { workflow, ...(cursor ? { cursor } : {}) },
    );
    sums.replayed += part.replayed;
    sums.refused += part.refused;
    cursor = part.next_cursor;
  } while (cursor);
  terminal.result(sums, [
    `${sums.replayed} begin anew, ${sums.refused} stay: they have a result or are being worked on`,
  ]);
  return EXIT.ok;
}
