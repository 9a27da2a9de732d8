import {
  ServiceError,
  type ListRuleImportResults,
  type PageQuery,
  type RuleImportPage,
  type RuleImportResultPage,
  type RuleImportView,
} from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { noSuchImport } from './rule-import-orders';
import { importView } from './rule-import-view';
import { RuleImportsStore } from './rule-imports.store';

const DEFAULT_LIMIT = 50;
/** A page must fit into one message, however much there is to say about its rules. */
const LARGEST_PAGE = 500_000;

/** Answers questions about imports. */
@Injectable()
export class RuleImportReader {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: RuleImportsStore,
  ) {}

  /** Errors: `not_found`. */
  async get(id: string): Promise<RuleImportView> {
    const stored = await this.store.find(this.dataSource.manager, id);
    if (!stored) throw noSuchImport();
    return importView(stored);
  }

  /** Newest first. Errors: `invalid` when the cursor is none of ours. */
  async list({ cursor, limit }: PageQuery): Promise<RuleImportPage> {
    if (cursor && !/^[0-9a-f-]{36}$/.test(cursor)) throw badCursor();
    const size = limit ?? DEFAULT_LIMIT;
    const found = await this.store.list(this.dataSource.manager, { before: cursor ?? null, limit: size + 1 });
    const items = found.slice(0, size);
    return { items: items.map(importView), next_cursor: found.length > size ? (items.at(-1)?.id ?? null) : null };
  }

  /** In the order of the files. Errors: `not_found`; `invalid` when the cursor is none of ours. */
  async results({ id, cursor, limit, outcome }: ListRuleImportResults): Promise<RuleImportResultPage> {
    if (cursor && !/^[0-9]{1,9}$/.test(cursor)) throw badCursor();
    await this.get(id);
    const size = limit ?? DEFAULT_LIMIT;
    const query = { after: Number(cursor ?? 0), outcome: outcome ?? null, limit: size + 1 };
    const found = await this.store.results(this.dataSource.manager, id, query);
    const items = [];
    let room = LARGEST_PAGE;
    for (const { result } of found.slice(0, size)) {
      room -= JSON.stringify(result).length;
      if (room < 0 && items.length > 0) break;
      items.push(result);
    }
    const last = items.at(-1);
    return { items, next_cursor: items.length < found.length && last ? String(last.seq) : null };
  }
}

const badCursor = (): ServiceError =>
  new ServiceError('invalid', '/cursor: not a cursor of this list', {
    errors: [{ pointer: '/cursor', code: 'bad_cursor', detail: 'expected the next_cursor of an earlier page' }],
  });
