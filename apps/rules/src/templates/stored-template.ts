import type { TemplateDocument } from '@alertagent/alerting';

/** A template at its current version; deleted ones are kept. */
export interface StoredTemplate {
  id: string;
  name: string;
  /** The name while it is taken; null for deleted templates. */
  activeName: string | null;
  /** The name in lower case, for searching. */
  nameFolded: string;
  title: string | null;
  description: string | null;
  document: TemplateDocument;
  /** The pack it was installed from. */
  pack: string | null;
  packVersion: string | null;
  version: number;
  createdAt: Date;
  updatedAt: Date;
  deletedAt: Date | null;
}
