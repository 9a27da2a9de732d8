import { EXIT } from '../exit-codes';
import type { CommandContext } from './context';

export interface SearchKnowledgeOptions {
  cluster?: string;
  limit: number;
}

interface Findings {
  items: {
    document_id: string;
    version: number;
    title: string;
    heading: string;
    passage: string;
    url?: string | null;
  }[];
}

/** `knowledge search`: the passages that fit a question best. */
export async function searchKnowledge(
  { terminal, api }: CommandContext,
  words: readonly string[],
  { cluster, limit }: SearchKnowledgeOptions,
): Promise<number> {
  const findings = await api().get<Findings>('/knowledge/search', { q: words.join(' '), cluster, limit });
  terminal.result(
    findings,
    findings.items.length === 0
      ? ['nothing fits; try other words']
      : findings.items.map(({ title, heading, passage, url, document_id, version }) =>
          [
            `## ${[title, heading].filter(Boolean).join(' › ')}`,
            passage,
            `(${url ?? document_id}, version ${version})`,
            '',
          ].join('\n'),
        ),
  );
  return EXIT.ok;
}
