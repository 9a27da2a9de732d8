import { profilingEnvironment } from './cpu-profile';
import type { Figure } from './figure';

/** What a bench may use. */
export interface BenchSettings {
  /** Seconds of each measured window; each bench has its own default. */
  seconds: number | undefined;
  /** Folder for CPU profiles of AlertAgent's processes; none are taken without it, because they cost speed. */
  profileDir: string | undefined;
  /** Tells whoever waits what is going on. */
  say: (text: string) => void;
}

/** One measurement that `npm run bench` can run. */
export interface Bench {
  name: string;
  /** One line for `--help`. */
  summary: string;
  /** Measures. Errors: something did not work; a missed goal is no error. */
  run(settings: BenchSettings): Promise<Figure[]>;
}

/** The environment that makes AlertAgent's processes write CPU profiles, when they are wanted. */
export function profilingEnv({ profileDir }: BenchSettings): Record<string, string> {
  return profileDir === undefined ? {} : profilingEnvironment(profileDir);
}
