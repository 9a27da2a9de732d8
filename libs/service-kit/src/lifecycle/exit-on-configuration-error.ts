import { ConfigurationError } from '../configuration/configuration-error';

/** `EX_CONFIG` of sysexits.h: a supervisor should not restart the process, the configuration would be as wrong as before. */
export const EXIT_CONFIGURATION = 78;

/** The part of a process that ends it; replaced in tests. */
export interface Exit {
  write(text: string): void;
  exit(code: number): never;
}

const realExit: Exit = {
  write: (text) => void process.stderr.write(text),
  exit: (code) => process.exit(code),
};

/**
 * Runs `load`. A configuration error is written to standard error as plain text, since it is meant for the person who starts
 * the program, and ends the process with 78; any other error is thrown on.
 */
export function exitOnConfigurationError<T>(load: () => T, exit: Exit = realExit): T {
  try {
    return load();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    exit.write(`${error.message}\n`);
    return exit.exit(EXIT_CONFIGURATION);
  }
}
