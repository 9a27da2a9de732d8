import type { Arrival } from './arrival';
import type { ConfigFile } from './config-file';
import type { Log } from './json-log';
import type { Progress } from './progress';
import type { ConfigType } from './settings';
import type { Target } from './target';

/** What the applier works with. */
export interface ApplierParts {
  file: ConfigFile;
  target: Target;
  /** Judges reloads of a file that the target may not see yet. */
  arrival: Arrival;
  progress: Progress;
  type: ConfigType;
  /** Judges a temporary file before it is used; throws CheckRefused. */
  check: (temporaryPath: string) => Promise<void>;
  /** Called whenever the progress may be worth a report. */
  onChange: () => void;
  beforeReload: () => void;
  syncIntervalMs: number;
  reloadTimeoutMs: number;
  signal: AbortSignal;
  log: Log;
}
