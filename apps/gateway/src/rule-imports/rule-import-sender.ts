import { isUtf8 } from 'node:buffer';
import {
  addRuleImportPart,
  openRuleImport,
  parsePayload,
  RuleImportInput,
  RuleImportOptions,
  ServiceError,
  startRuleImport,
  type Actor,
  type RuleImportFormat,
  type RuleImportQuery,
  type RuleImportSource,
  type RuleImportView,
} from '@alertagent/contracts';
import { Bus } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { RuleUpload } from './rule-upload';

/** A message holds at most 1 MiB, and base64 takes a third more. */
const PART_BYTES = 480 * 1024;

interface Sent {
  options: RuleImportOptions;
  format: RuleImportFormat;
  source?: RuleImportSource;
  bytes: Buffer;
}

/** Hands over to the rules service what was sent, in parts that fit into messages. */
@Injectable()
export class RuleImportSender {
  constructor(private readonly bus: Bus) {}

  /** Errors: `invalid` unless there is exactly one thing to take in; those of the rules service. */
  async input(input: RuleImportInput, query: RuleImportQuery, actor: Actor): Promise<RuleImportView> {
    const { yaml, files, source, ...options }: RuleImportInput = { ...optionsOf(query), ...given(input) };
    if (Object.keys(given({ yaml, files, source })).length !== 1)
      throw invalid('', 'required', 'give exactly one of yaml, files and source');
    if (source) return this.send({ options, format: 'live', source, bytes: Buffer.alloc(0) }, actor);
    const texts = files ? files.map(({ path, content }) => ({ path, text: content })) : [{ path: null, text: yaml! }];
    refuseSamePath(texts);
    return this.send({ options, format: 'files', bytes: Buffer.from(JSON.stringify(texts)) }, actor);
  }

  /** Errors: `invalid` when a text is not UTF-8 or an option is none; those of the rules service. */
  async upload({ kind, bytes }: RuleUpload, query: RuleImportQuery, actor: Actor): Promise<RuleImportView> {
    const options = optionsOf(query);
    if (kind === 'archive') return this.send({ options, format: 'tar', bytes }, actor);
    if (!isUtf8(bytes)) throw invalid('', 'not_utf8', 'the body is not valid UTF-8');
    const text = bytes.toString('utf8').replace(/^\ufeff/, '');
    return this.send({ options, format: 'files', bytes: Buffer.from(JSON.stringify([{ path: null, text }])) }, actor);
  }

  private async send({ bytes, ...open }: Sent, actor: Actor): Promise<RuleImportView> {
    const { id } = await this.bus.request(openRuleImport, { ...open, actor });
    let index = 0;
    for (let from = 0; from < bytes.length; from += PART_BYTES) {
      const data = bytes.subarray(from, from + PART_BYTES).toString('base64');
      await this.bus.request(addRuleImportPart, { id, index, data });
      index += 1;
    }
    return this.bus.request(startRuleImport, { id, parts: index });
  }
}

/** Without what was left out: an instance has every field of its class, and would hide the query's. */
const given = <T extends object>(values: T): Partial<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null)) as Partial<T>;

function optionsOf({ targets, ...query }: RuleImportQuery): RuleImportOptions {
  const named = targets?.split(',').map((name) => name.trim());
  return parsePayload(RuleImportOptions, { ...query, ...(named ? { targets: named } : {}) });
}

function refuseSamePath(texts: readonly { path: string | null }[]): void {
  const seen = new Set<string>();
  for (const [index, { path }] of texts.entries()) {
    if (path !== null && seen.has(path))
      throw invalid(`/files/${index}/path`, 'not_unique', 'a file before it has this path');
    if (path !== null) seen.add(path);
  }
}

const invalid = (pointer: string, code: string, detail: string): ServiceError =>
  new ServiceError('invalid', detail, { errors: [{ pointer, code, detail }] });
