import { isUtf8 } from 'node:buffer';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { mayHoldRules, type RuleSource } from '@alertagent/alerting';
import { extract } from 'tar-stream';
import { Readable } from 'node:stream';

/** Unpacked; rule files are small, and a few kilobytes can unpack to gigabytes. */
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_ENTRIES = 20_000;
const RULE_FILE = /\.(?:ya?ml|rules|json)$/i;
const GZIP = Buffer.from([0x1f, 0x8b]);

/** The archive can not be taken; the message may be shown to whoever sent it. */
export class ArchiveFault extends Error {}

/**
 * The rule files in a tar archive, gzipped or not. Nothing is written anywhere. Links, devices and files that hold no
 * rules are left out; an entry that names a place outside of the archive makes it refused. Throws an ArchiveFault.
 */
export async function readArchive(bytes: Buffer): Promise<RuleSource[]> {
  const sources: RuleSource[] = [];
  const unpacking = extract();
  const limit = byteLimit();
  const compressed = bytes.subarray(0, 2).equals(GZIP);
  const feeding = compressed
    ? pipeline(Readable.from([bytes]), createGunzip(), limit, unpacking)
    : pipeline(Readable.from([bytes]), limit, unpacking);
  const reading = readEntries(unpacking, sources);
  try {
    await Promise.all([feeding, reading]);
  } catch (error) {
    unpacking.destroy();
    if (error instanceof ArchiveFault) throw error;
    throw new ArchiveFault('it is no tar archive, or a broken one');
  }
  if (sources.length === 0) throw new ArchiveFault('the archive holds no rule files');
  return sources;
}

async function readEntries(unpacking: ReturnType<typeof extract>, sources: RuleSource[]): Promise<void> {
  let entries = 0;
  for await (const entry of unpacking) {
    entries += 1;
    if (entries > MOST_ENTRIES) throw new ArchiveFault(`the archive holds more than ${MOST_ENTRIES} entries`);
    const { name, type } = entry.header;
    if (isOutside(name)) throw new ArchiveFault('an entry names a place outside of the archive');
    if (type !== 'file' || !RULE_FILE.test(name) || isHidden(name)) {
      entry.resume();
      continue;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    const content = Buffer.concat(chunks);
    const text = isUtf8(content) ? content.toString('utf8').replace(/^\ufeff/, '') : null;
    if (text !== null && mayHoldRules(text)) sources.push({ path: name.replace(/^\.\//, ''), text });
  }
}

const isOutside = (name: string): boolean => /^(?:[\\/]|[a-z]:)/i.test(name) || name.split(/[\\/]/).includes('..');

/** Also what macOS puts beside each file. */
const isHidden = (name: string): boolean => name.split('/').some((part) => part.startsWith('.') && part.length > 1);

/** Counts what passes, and ends it when it is too much. */
function byteLimit(): (source: AsyncIterable<Buffer>) => AsyncGenerator<Buffer> {
  return async function* (source) {
    let bytes = 0;
    for await (const chunk of source) {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) throw new ArchiveFault(`the archive unpacks to more than ${MOST_BYTES} bytes`);
      yield chunk;
    }
  };
}
