/** What the exit code of a command says; a pipeline can tell a bad rule from a server that is down. */
export const EXIT = {
  ok: 0,
  /** It worked, and found something: a refused or invalid rule, a failed test, a difference that was asked about. */
  findings: 1,
  /** The command line, a file or a folder is not as it must be; nothing was sent. */
  usage: 2,
  /** No answer from the server. */
  unreachable: 3,
  /** The server does not let this token do it. */
  denied: 4,
  /** The server refused the request, or could not carry it out. */
  failed: 5,
  /** Deletions need a confirmation. */
  unconfirmed: 6,
} as const;

/** A reason to end, in words for the person who typed the command. `advice` says what to do next. */
export class CommandError extends Error {
  constructor(
    readonly exitCode: number,
    message: string,
    readonly advice: string | null = null,
  ) {
    super(message);
    this.name = 'CommandError';
  }
}
