/** A real server on a loopback port, as tests, benches and the launcher see it. */
export interface RunningServer {
  /** Process id of the server itself; changes with `restart()`. */
  readonly pid: number;
  /** The TCP port on 127.0.0.1; stays the same over `restart()`. */
  readonly port: number;
  /** Resolves when the present process ends: exit code, or null after a signal. Renewed by `restart()`. */
  readonly exited: Promise<number | null>;
  /** The last few hundred lines it wrote since its start. */
  log(): string;
  /** Sends a signal and returns at once, e.g. SIGKILL for a crash, SIGSTOP and SIGCONT for a hang. */
  kill(signal: NodeJS.Signals): void;
  /** Stops it if it runs, starts it again on the same port and data, resolves when it answers. */
  restart(): Promise<void>;
  /** Ends it for good and removes the data directory if the server was started without one. Safe to call twice. */
  stop(): Promise<void>;
}

/** Options that every server takes. */
export interface ServerOptions {
  /** Where it keeps its data; a temporary folder, removed by `stop()`, unless given. */
  dataDir?: string;
  /** TCP port on 127.0.0.1; a free one unless given. A given port that is taken is an error. */
  port?: number;
  /** Further command line arguments, after our own. */
  extraArgs?: readonly string[];
  /** Receives each line the server writes. */
  onLine?: (line: string) => void;
}
