import {
  type Actor,
  addRuleImportPart,
  getRuleImport,
  listRuleImportResults,
  openRuleImport,
  startRuleImport,
  type OpenRuleImport,
  type RuleImportOptions,
  type RuleImportResult,
  type RuleImportView,
} from '@alertagent/contracts';
import { pollUntil } from '@alertagent/local-stack';
import { ACTOR, type RulesWorld } from './rules-world';

export interface ImportOfTest {
  options?: RuleImportOptions;
  format?: OpenRuleImport['format'];
  source?: OpenRuleImport['source'];
  /** Texts without or with their paths, or the bytes of an archive. */
  content?: string | { path: string; text: string }[] | Buffer;
  actor?: Actor;
  timeoutMs?: number;
}

const PART_BYTES = 300_000;

/** Sends an import as the gateway does, and starts it. */
export async function sendImport(
  { gateway }: RulesWorld,
  { options = {}, format = 'files', source, content = [], actor = ACTOR }: ImportOfTest,
): Promise<RuleImportView> {
  const { id } = await gateway.request(openRuleImport, { options, format, source, actor });
  const texts = typeof content === 'string' ? [{ path: null, text: content }] : content;
  const bytes = Buffer.isBuffer(texts) ? texts : Buffer.from(JSON.stringify(texts));
  let parts = 0;
  if (format !== 'live') {
    for (let from = 0; from < bytes.length; from += PART_BYTES, parts += 1) {
      const data = bytes.subarray(from, from + PART_BYTES).toString('base64');
      await gateway.request(addRuleImportPart, { id, index: parts, data });
    }
  }
  return gateway.request(startRuleImport, { id, parts });
}

/** Sends an import and waits for its end. */
export async function importRules(
  world: RulesWorld,
  { timeoutMs = 30_000, ...sent }: ImportOfTest,
): Promise<{ view: RuleImportView; results: RuleImportResult[] }> {
  const { id } = await sendImport(world, sent);
  const view = await pollUntil(
    async () => {
      const now = await world.gateway.request(getRuleImport, { id });
      return now.ended_at ? now : null;
    },
    { what: 'the import has ended', timeoutMs },
  );
  return { view, results: await resultsOf(world, id) };
}

export async function resultsOf({ gateway }: RulesWorld, id: string): Promise<RuleImportResult[]> {
  const results: RuleImportResult[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await gateway.request(listRuleImportResults, { id, limit: 500, cursor });
    results.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor);
  return results;
}
