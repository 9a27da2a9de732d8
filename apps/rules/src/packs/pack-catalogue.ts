import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePayload, RulePackFile, ServiceError } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { parse } from 'yaml';

/** Beside the compiled programs and beside their sources alike. */
const SHIPPED = join(__dirname, '../../packs');

/** The packs that come with this program, read when they are first asked for. A file that is at fault is a fault of the program. */
@Injectable()
export class PackCatalogue {
  private packs: ReadonlyMap<string, RulePackFile> | null = null;

  /** By name. */
  all(): RulePackFile[] {
    return [...this.loaded().values()];
  }

  /** Errors: `not_found`. */
  get(name: string): RulePackFile {
    const pack = this.loaded().get(name);
    if (!pack) throw new ServiceError('not_found', 'there is no such pack');
    return pack;
  }

  private loaded(): ReadonlyMap<string, RulePackFile> {
    this.packs ??= new Map(readPacks(SHIPPED).map((pack) => [pack.name, pack]));
    return this.packs;
  }
}

/** Reads every pack of a folder, `<name>/pack.yaml`. Errors: what is wrong with the first that could not be used. */
export function readPacks(folder: string): RulePackFile[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
    .map((name) => {
      const pack = readPack(readFileSync(join(folder, name, 'pack.yaml'), 'utf8'));
      if (pack.name === name) return pack;
      throw new Error(`the pack in ${name}/ calls itself ${pack.name}`);
    });
}

/**
 * Reads one pack. Errors: a YAML error, or `invalid` with pointers into the file. Whether its rules can be used is seen when it is
 * installed, and by the tests of what is shipped: a list of packs must not wait for hundreds of expressions.
 */
export function readPack(text: string): RulePackFile {
  return parsePayload(RulePackFile, parse(text, { maxAliasCount: 0 }), { unknownFields: 'refuse' });
}
