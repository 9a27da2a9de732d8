import type { FieldMapping } from '@alertagent/alerting';
import { Injectable } from '@nestjs/common';
import type { Run } from '../intake/pending-clusters';

/** Which version of which source a stored webhook came to. */
export interface SourceOfWebhook {
  source_id: string | null;
  source_version: number | null;
}

const MOST_REMEMBERED = 1_000;

/** The mappings of stored webhooks. They never change, so each is read once. */
@Injectable()
export class SourceMappings {
  private readonly remembered = new Map<string, FieldMapping | null>();

  /** Reads what is not known yet of these webhooks' mappings, and returns the way to look them up. */
  async load(
    run: Run,
    webhooks: readonly SourceOfWebhook[],
  ): Promise<(webhook: SourceOfWebhook) => FieldMapping | null> {
    const known = new Map<string, FieldMapping | null>();
    for (const webhook of webhooks) {
      if (webhook.source_id === null || known.has(keyOf(webhook))) continue;
      known.set(keyOf(webhook), await this.find(run, webhook));
    }
    return (webhook) => known.get(keyOf(webhook)) ?? null;
  }

  private async find(run: Run, webhook: SourceOfWebhook): Promise<FieldMapping | null> {
    const key = keyOf(webhook);
    const remembered = this.remembered.get(key);
    if (remembered !== undefined) return remembered;
    const [row] = await run<{ mapping: string | null }>(
      'SELECT mapping FROM alert_source_versions WHERE source_id = ? AND version = ?',
      [webhook.source_id, webhook.source_version],
    );
    // One that is not there is asked for again.
    if (row === undefined) return null;
    const mapping = row.mapping === null ? null : (JSON.parse(row.mapping) as FieldMapping);
    if (this.remembered.size >= MOST_REMEMBERED) this.remembered.clear();
    this.remembered.set(key, mapping);
    return mapping;
  }
}

const keyOf = ({ source_id, source_version }: SourceOfWebhook): string => `${source_id}/${source_version}`;
