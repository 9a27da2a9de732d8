import MiniSearch from 'minisearch';
import { passagesOf } from './passages';
import { termsOf } from './terms';

/** A document as it is looked for. */
export interface IndexedDocument {
  id: string;
  title: string;
  text: string;
  /** Names of the clusters it is about; it is about all when there are none. */
  clusters: readonly string[];
  /** Names of the alerts it is about. */
  alerts: readonly string[];
}

/** What one search asks for. */
export interface KnowledgeQuery {
  text: string;
  limit: number;
  /** Only what is about this cluster, or about all. */
  cluster?: string;
  /** Not this document: an incident is no evidence for itself. */
  except?: string;
}

/** A document that fits, with its best passage. */
export interface Found {
  id: string;
  heading: string;
  passage: string;
  /** Higher is better; comparable within one search only. */
  score: number;
}

interface Entry {
  key: string;
  title: string;
  heading: string;
  alerts: string;
  text: string;
}

/** Characters of a question that are looked at. */
const MAX_QUERY = 2_000;

/** Finds documents by their words, in any language; in memory, by BM25 over passages. */
export class KnowledgeIndex {
  private readonly search: MiniSearch<Entry>;
  private readonly documents = new Map<string, { clusters: ReadonlySet<string>; entries: Entry[] }>();

  constructor() {
    this.search = new MiniSearch<Entry>({
      idField: 'key',
      fields: ['title', 'heading', 'alerts', 'text'],
      tokenize: termsOf,
      processTerm: (term) => term,
      searchOptions: {
        boost: { title: 2, alerts: 3, heading: 1.5 },
        // Typing errors in words of alphabets; two characters of Chinese are a word, and one other character another word.
        fuzzy: (term) => (/^[a-z]{5,}$/.test(term) ? 0.15 : false),
        prefix: (term) => /^[a-z]{5,}$/.test(term),
      },
    });
  }

  get size(): number {
    return this.documents.size;
  }

  /** Adds a document, or puts its present content in the place of an earlier one. */
  set(document: IndexedDocument): void {
    this.delete(document.id);
    const alerts = document.alerts.join(' ');
    const parts = passagesOf(document.text);
    const entries = (parts.length > 0 ? parts : [{ heading: '', text: '' }]).map((part, index) => ({
      key: `${document.id}#${index}`,
      title: document.title,
      alerts,
      ...part,
    }));
    this.search.addAll(entries);
    this.documents.set(document.id, { clusters: new Set(document.clusters), entries });
  }

  /** Forgets a document; nothing happens when it is not known. */
  delete(id: string): void {
    const known = this.documents.get(id);
    if (known) this.search.removeAll(known.entries);
    this.documents.delete(id);
  }

  /** The documents that fit best, the best first; each once. */
  find({ text, limit, cluster, except }: KnowledgeQuery): Found[] {
    const found = new Map<string, Found>();
    for (const { id: key, score } of this.search.search(text.slice(0, MAX_QUERY))) {
      const [id, index] = splitKey(String(key));
      const document = this.documents.get(id);
      if (!document || id === except || found.has(id)) continue;
      if (cluster !== undefined && document.clusters.size > 0 && !document.clusters.has(cluster)) continue;
      const { heading, text: passage } = document.entries[index]!;
      found.set(id, { id, heading, passage, score });
      if (found.size >= limit) break;
    }
    return [...found.values()];
  }
}

function splitKey(key: string): [string, number] {
  const at = key.lastIndexOf('#');
  return [key.slice(0, at), Number(key.slice(at + 1))];
}
