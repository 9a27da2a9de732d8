import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { mayHoldRules } from '@alertagent/alerting';
import { codeOf } from './connection';
import { CommandError, EXIT } from './exit-codes';

/** One file with rules. */
export interface RuleFile {
  /** Below the folder that was given, with `/` on every system; as given for a single file. */
  path: string;
  content: string;
}

const MOST_FILES = 10_000;
const LARGEST_BYTES = 8 * 1024 * 1024;
const ARCHIVE = /\.(?:tar|tar\.gz|tgz)$/i;

export const isArchive = (path: string): boolean => ARCHIVE.test(path);
export const isFolder = (path: string): boolean => statOf(path).isDirectory();

/** Which files of a folder count. */
export interface FilesWanted {
  /** For messages, e.g. `rule files`. */
  what: string;
  /** How their names end, for messages. */
  endings: string;
  name: RegExp;
  holds(content: string): boolean;
}

const RULE_FILES: FilesWanted = {
  what: 'rule files',
  endings: '.yml, .yaml, .rules or .json',
  name: /\.(?:ya?ml|rules|json)$/i,
  holds: mayHoldRules,
};

/**
 * The files of a folder and the folders in it that are wanted, rule files unless told, in the order of their names. Hidden ones, links and
 * files that hold something else are left out. Throws a {@link CommandError}.
 */
export function filesOfFolder(folder: string, wanted: FilesWanted = RULE_FILES): RuleFile[] {
  const files: RuleFile[] = [];
  const visit = (directory: string): void => {
    const names = attempt(directory, () => readdirSync(directory)).sort();
    for (const name of names) {
      const path = join(directory, name);
      const stat = attempt(path, () => lstatSync(path));
      if (name.startsWith('.') || name === 'node_modules' || stat.isSymbolicLink()) continue;
      if (stat.isDirectory()) visit(path);
      else if (stat.isFile() && wanted.name.test(name)) {
        const content = readText(path);
        if (wanted.holds(content)) files.push({ path: relative(folder, path).split(sep).join('/'), content });
      }
      if (files.length > MOST_FILES) {
        throw new CommandError(
          EXIT.usage,
          `${folder} holds more than ${MOST_FILES} ${wanted.what}`,
          'give folders inside of it',
        );
      }
    }
  };
  visit(folder);
  if (files.length === 0) {
    throw new CommandError(EXIT.usage, `${folder} holds no ${wanted.what}`, `they end in ${wanted.endings}`);
  }
  return files;
}

/** A file's text; `-` is standard input. Throws a {@link CommandError}. */
export function readText(path: string): string {
  const bytes = readBytes(path);
  const text = bytes.toString('utf8');
  if (!Buffer.from(text, 'utf8').equals(bytes)) {
    throw new CommandError(EXIT.usage, `${path} is not UTF-8 text`, 'rule files are; is it an archive?');
  }
  return text.replace(/^\ufeff/, '');
}

export function readBytes(path: string): Buffer {
  const bytes = attempt(path, () => readFileSync(path === '-' ? 0 : path));
  if (bytes.length > LARGEST_BYTES) {
    throw new CommandError(EXIT.usage, `${path} is larger than ${LARGEST_BYTES} bytes`, 'split it');
  }
  return bytes;
}

const statOf = (path: string) => attempt(path, () => statSync(path));

function attempt<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new CommandError(EXIT.usage, `${path} can not be read (${codeOf(error)})`, 'check the path');
  }
}
