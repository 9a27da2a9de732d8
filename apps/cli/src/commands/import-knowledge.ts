import { EXIT } from '../exit-codes';
import { filesOfFolder, type FilesWanted, type RuleFile } from '../rule-files';
import type { CommandContext } from './context';

export interface ImportKnowledgeOptions {
  dryRun?: boolean;
  owner?: string;
  cluster?: string[];
}

interface Item {
  key: string;
  title: string;
  text: string;
  owner?: string;
  clusters?: string[];
}

interface Report {
  results: { key: string; outcome: 'created' | 'updated' | 'unchanged'; id?: string | null }[];
}

const MARKDOWN: FilesWanted = {
  what: 'markdown files',
  endings: '.md or .markdown',
  name: /\.(?:md|markdown)$/i,
  holds: (content) => content.trim() !== '',
};

/** What goes into one request: the server takes no more documents, and no larger body. */
const MOST_DOCUMENTS = 200;
const MOST_BYTES = 800_000;
const LONGEST_TITLE = 300;

/** `knowledge import`: the markdown files of a folder, each under its path. */
export async function importKnowledge(
  { terminal, api }: CommandContext,
  folder: string,
  { dryRun, owner, cluster }: ImportKnowledgeOptions,
): Promise<number> {
  const items = filesOfFolder(folder, MARKDOWN).map((file) => ({
    ...itemOf(file),
    ...(owner === undefined ? {} : { owner }),
    ...(cluster === undefined ? {} : { clusters: cluster }),
  }));
  const client = api();
  const results: Report['results'] = [];
  for (const documents of requestsOf(items)) {
    const report = await client.post<Report>('/knowledge/import', { documents, dry_run: dryRun === true });
    results.push(...report.results);
  }
  const counts = { created: 0, updated: 0, unchanged: 0 };
  for (const { outcome } of results) counts[outcome] += 1;
  terminal.result({ dry_run: dryRun === true, counts, results }, [
    ...results.filter(({ outcome }) => outcome !== 'unchanged').map(({ key, outcome }) => `${outcome} ${key}`),
    `${counts.created} ${dryRun ? 'to create' : 'created'}, ${counts.updated} ${dryRun ? 'to update' : 'updated'}, ${counts.unchanged} unchanged`,
  ]);
  return EXIT.ok;
}

/** Its title is its first heading, else its name. */
function itemOf({ path, content }: RuleFile): Item {
  const heading = /^#\s+(.+?)\s*#*\s*$/m.exec(content)?.[1];
  const name = path
    .split('/')
    .at(-1)!
    .replace(/\.[^.]+$/, '');
  return { key: path, title: (heading ?? name).replace(/\s+/g, ' ').slice(0, LONGEST_TITLE).trim(), text: content };
}

function requestsOf(items: readonly Item[]): Item[][] {
  const requests: Item[][] = [];
  let bytes = 0;
  for (const item of items) {
    const size = Buffer.byteLength(JSON.stringify(item));
    const last = requests.at(-1);
    if (last === undefined || last.length === MOST_DOCUMENTS || bytes + size > MOST_BYTES) {
      requests.push([item]);
      bytes = size;
    } else {
      last.push(item);
      bytes += size;
    }
  }
  return requests;
}
