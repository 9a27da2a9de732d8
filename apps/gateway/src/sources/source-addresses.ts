import type { FieldMapping, WebhookFormat } from '@alertagent/alerting';
import { Clock, toDatabaseServiceError } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull } from 'typeorm';
import { AlertSource } from './alert-source.entity';

/** How long a source is taken from memory: the longest a change of its mapping goes unnoticed. */
const FRESH_MS = 1_000;
const MOST_REMEMBERED = 1_000;

/** A source as the intake needs it. */
export interface KnownSource {
  id: string;
  cluster_id: string;
  version: number;
  format: WebhookFormat;
  mapping: FieldMapping | null;
}

/** Finds the source behind an address, for each webhook that comes there. */
@Injectable()
export class SourceAddresses {
  private readonly remembered = new Map<string, { source: KnownSource | null; at: number }>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Null when there is no such source of this cluster. Errors: ServiceError `unavailable`. */
  async find(id: string, clusterId: string): Promise<KnownSource | null> {
    const now = this.clock.now().getTime();
    const remembered = this.remembered.get(id);
    const isFresh = remembered !== undefined && now - remembered.at < FRESH_MS;
    const source = isFresh ? remembered.source : await this.look(id, now);
    // Another cluster's source is none of the sender's business.
    return source?.cluster_id === clusterId ? source : null;
  }

  private async look(id: string, now: number): Promise<KnownSource | null> {
    try {
      const row = await this.dataSource.manager.findOneBy(AlertSource, { id, deleted_at: IsNull() });
      const source = row && { ...row, format: row.format as WebhookFormat };
      if (this.remembered.size >= MOST_REMEMBERED) this.remembered.clear();
      this.remembered.set(id, { source, at: now });
      return source;
    } catch (error) {
      throw toDatabaseServiceError(error);
    }
  }
}
