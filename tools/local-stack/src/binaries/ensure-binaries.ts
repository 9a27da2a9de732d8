import { AptArchive } from './apt-archive';
import { binaryCatalogue, type BinaryName } from './binary-catalogue';
import { withDirectoryLock } from './directory-lock';
import { binaryVariable, findBinary } from './find-binary';
import { installDirectory } from './install-directory';
import { installFromArchive } from './install-from-archive';

/** Options of `ensureBinaries`. */
export interface EnsureOptions {
  /** Receives progress in sentences; silent unless given. */
  log?: (line: string) => void;
}

/** Programs are missing and could not be installed here; the message says what a person can do. */
export class MissingBinariesError extends Error {
  constructor(
    /** The programs that are missing. */
    readonly missing: readonly BinaryName[],
    reason: string,
    cause?: unknown,
  ) {
    const unique = (values: readonly string[]): string => [...new Set(values)].join(' ');
    const facts = missing.map((name) => binaryCatalogue[name]);
    super(
      [
        `Missing: ${missing.join(', ')}. ${reason}`,
        'Install them, for example with one of',
        `  Debian, Ubuntu:  apt-get install --no-install-recommends ${unique(facts.flatMap((fact) => fact.aptPackages[0]?.[0] ?? []))}`,
        `  macOS:           brew install ${unique(facts.map((fact) => fact.brewFormula))}`,
        'or point to existing programs:',
        `  a folder that holds them:  ALERTAGENT_BIN_DIR`,
        `  each by itself:            ${missing.map(binaryVariable).join(' ')}`,
      ].join('\n'),
      { cause },
    );
    this.name = 'MissingBinariesError';
  }
}

function missingOf(names: readonly BinaryName[]): BinaryName[] {
  return names.filter((name) => findBinary(name) === null);
}

/**
 * The path of each program. What is missing is taken from the distribution's packages (Debian, Ubuntu) and
 * unpacked into a private folder: no root, no system service, no change to the system. Several processes may
 * call it at the same time. Errors: `MissingBinariesError`, which says what to install on which platform.
 */
export async function ensureBinaries<Name extends BinaryName>(
  names: readonly Name[],
  options: EnsureOptions = {},
): Promise<Record<Name, string>> {
  if (missingOf(names).length > 0) {
    const directory = installDirectory();
    await withDirectoryLock(directory, 'install', async () => {
      // Whoever held the lock before may have installed the same.
      const missing = missingOf(names);
      if (missing.length === 0) return;
      if (!(await AptArchive.isPresent()))
        throw new MissingBinariesError(missing, 'There is no apt on this machine to take them from.');
      try {
        await installFromArchive(missing, directory, options.log);
      } catch (error) {
        throw new MissingBinariesError(
          missing,
          `Taking them from the distribution's packages failed: ${String(error)}`,
          error,
        );
      }
    });
  }
  const entries = names.map((name): [Name, string] => {
    const path = findBinary(name);
    if (path === null) throw new MissingBinariesError([name], 'It vanished after its installation.');
    return [name, path];
  });
  return Object.fromEntries(entries) as Record<Name, string>;
}
