import { ServiceError } from '@alertagent/contracts';

/** The last group of a piece, and what the next one has to know of those before it. */
export interface ExportCursor {
  namespace: string;
  name: string;
  /** Something was printed already. */
  begun: boolean;
  /** Resources of the namespace that were printed. */
  part: number;
}

export const writeExportCursor = ({ namespace, name, begun, part }: ExportCursor): string =>
  Buffer.from(JSON.stringify([namespace, name, begun, part])).toString('base64url');

/** Errors: `invalid`. */
export function readExportCursor(cursor: string): ExportCursor {
  try {
    const [namespace, name, begun, part] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[];
    const isOurs =
      typeof namespace === 'string' &&
      typeof name === 'string' &&
      typeof begun === 'boolean' &&
      typeof part === 'number';
    if (isOurs) return { namespace, name, begun, part };
  } catch {
    // Not JSON: none of ours either.
  }
  throw new ServiceError('invalid', '/cursor: not a cursor of this export', {
    errors: [{ pointer: '/cursor', code: 'bad_cursor', detail: 'expected the next_cursor of an earlier piece' }],
  });
}
