import type { KnowledgeKind, KnowledgeState, KnowledgeSummary, KnowledgeView } from '@alertagent/contracts';

/** A document as it is now. */
export interface KnowledgeDocument {
  id: string;
  /** Its name where it comes from; unique, null for one that was written here. */
  sourceKey: string | null;
  kind: KnowledgeKind;
  title: string;
  text: string;
  owner: string | null;
  url: string | null;
  /** Names of the clusters it is about; all when there are none. */
  clusters: string[];
  /** Names of the alerts it is about. */
  alerts: string[];
  expiresAt: Date | null;
  version: number;
  createdAt: Date;
  updatedAt: Date;
  updatedBy: string;
  deletedAt: Date | null;
}

/** What a person says about a document, or an import. */
export type KnowledgeContent = Pick<
  KnowledgeDocument,
  'kind' | 'title' | 'text' | 'owner' | 'url' | 'clusters' | 'alerts' | 'expiresAt'
>;

/** A version as it was. */
export interface KnowledgeVersion {
  id: string;
  documentId: string;
  version: number;
  title: string;
  text: string;
  author: string;
  change: KnowledgeChange;
  createdAt: Date;
}

export type KnowledgeChange = 'created' | 'updated' | 'imported' | 'deleted' | 'restored' | 'distilled';

/** What is in force at `now`. */
export function stateOf(
  { deletedAt, expiresAt }: Pick<KnowledgeDocument, 'deletedAt' | 'expiresAt'>,
  now: Date,
): KnowledgeState {
  if (deletedAt !== null) return 'deleted';
  return expiresAt !== null && expiresAt <= now ? 'stale' : 'active';
}

/** Whether two contents are the same in every field. */
export function isSameContent(a: KnowledgeContent, b: KnowledgeContent): boolean {
  const fields = (content: KnowledgeContent): unknown[] => [
    content.kind,
    content.title,
    content.text,
    content.owner,
    content.url,
    content.clusters,
    content.alerts,
    content.expiresAt?.getTime() ?? null,
  ];
  return JSON.stringify(fields(a)) === JSON.stringify(fields(b));
}

/** A document in a list. */
export function summaryOf(document: KnowledgeDocument, now: Date): KnowledgeSummary {
  return {
    id: document.id,
    title: document.title,
    kind: document.kind,
    state: stateOf(document, now),
    owner: document.owner,
    url: document.url,
    key: document.sourceKey,
    clusters: document.clusters,
    alerts: document.alerts,
    expires_at: document.expiresAt?.toISOString() ?? null,
    version: document.version,
    created_at: document.createdAt.toISOString(),
    updated_at: document.updatedAt.toISOString(),
    updated_by: document.updatedBy,
  };
}

/** A document with its text. */
export const viewOf = (document: KnowledgeDocument, now: Date): KnowledgeView => ({
  ...summaryOf(document, now),
  text: document.text,
});
