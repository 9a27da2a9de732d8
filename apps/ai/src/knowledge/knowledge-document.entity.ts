import { epochMs, json } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';
import type { KnowledgeDocument, KnowledgeVersion } from './knowledge-document';

export const knowledgeDocumentEntity = new EntitySchema<KnowledgeDocument>({
  name: 'knowledge_documents',
  columns: {
    id: { type: 'varchar', length: 36, primary: true },
    sourceKey: { name: 'source_key', type: 'varchar', length: 300, nullable: true },
    kind: { type: 'varchar', length: 20 },
    title: { type: 'varchar', length: 300 },
    text: { type: 'longtext' },
    owner: { type: 'varchar', length: 200, nullable: true },
    url: { type: 'longtext', nullable: true },
    clusters: { type: 'longtext', transformer: json<string[]>() },
    alerts: { type: 'longtext', transformer: json<string[]>() },
    expiresAt: { name: 'expires_at', type: 'bigint', nullable: true, transformer: epochMs },
    version: { type: 'int' },
    createdAt: { name: 'created_at', type: 'bigint', transformer: epochMs },
    updatedAt: { name: 'updated_at', type: 'bigint', transformer: epochMs },
    updatedBy: { name: 'updated_by', type: 'varchar', length: 200 },
    deletedAt: { name: 'deleted_at', type: 'bigint', nullable: true, transformer: epochMs },
  },
  indices: [
    { name: 'UQ_knowledge_documents_key', columns: ['sourceKey'], unique: true },
    { name: 'IX_knowledge_documents_updated', columns: ['updatedAt', 'id'] },
  ],
});

export const knowledgeVersionEntity = new EntitySchema<KnowledgeVersion>({
  name: 'knowledge_versions',
  columns: {
    id: { type: 'varchar', length: 36, primary: true },
    documentId: { name: 'document_id', type: 'varchar', length: 36 },
    version: { type: 'int' },
    title: { type: 'varchar', length: 300 },
    text: { type: 'longtext' },
    author: { type: 'varchar', length: 200 },
    change: { name: 'change_kind', type: 'varchar', length: 20 },
    createdAt: { name: 'created_at', type: 'bigint', transformer: epochMs },
  },
  indices: [{ name: 'UQ_knowledge_versions_version', columns: ['documentId', 'version'], unique: true }],
});
