import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import type { StageNote } from '@alertagent/alerting';
import { AlertAgentConfig } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { ProcessingRecord } from '../ledger/processing-record';
import type { StoredWebhook } from '../policies/stored-webhooks';

/** Named by the first webhook in it, and by a hash of what is in it. */
const FILE = /^webhooks-([0-9a-f-]{36})(?:-[0-9a-f]+)?\.ndjson\.gz$/;

/** An event that retention took out of the tables. */
export interface ArchivedEvent {
  record: ProcessingRecord;
  webhook: StoredWebhook;
}

/** Events in the archive of this gateway. Reading one unpacks the file that it is in. */
@Injectable()
export class ArchivedEvents {
  private readonly directory: string;

  constructor(config: AlertAgentConfig) {
    this.directory = resolve(config.data_dir, 'archive');
  }

  /** Null when it is not in the archive. */
  async find(inbox_id: string, alert_index: number): Promise<ArchivedEvent | null> {
    const name = await this.fileOf(inbox_id);
    if (name === null) return null;
    let record: ProcessingRecord | null = null;
    let webhook: StoredWebhook | null = null;
    const lines = createInterface({ input: createReadStream(join(this.directory, name)).pipe(createGunzip()) });
    for await (const line of lines) {
      // Most lines are about others, and parsing bodies takes its time.
      if (!line.includes(inbox_id)) continue;
      const { table, row } = JSON.parse(line) as { table: string; row: Record<string, unknown> };
      if (table === 'alert_inbox' && row['id'] === inbox_id) webhook = webhookOf(row);
      if (table === 'alert_processing_records' && row['inbox_id'] === inbox_id && row['alert_index'] === alert_index) {
        record = recordOf(row);
      }
    }
    return record && webhook && { record, webhook };
  }

  /** Files are named after the first webhook in them, and ids are in the order of time. */
  private async fileOf(inbox_id: string): Promise<string | null> {
    const names = await readdir(this.directory).catch((): string[] => []);
    const before = names.filter((name) => (FILE.exec(name)?.[1] ?? '~') <= inbox_id).sort();
    return before.at(-1) ?? null;
  }
}

// Databases hand out times as numbers or as text; JSON columns were archived as the text that they are.
function webhookOf(row: Record<string, unknown>): StoredWebhook {
  return { ...(row as unknown as StoredWebhook), received_at: Number(row['received_at']) };
}

function recordOf(row: Record<string, unknown>): ProcessingRecord {
  return {
    ...(row as unknown as ProcessingRecord),
    received_at: Number(row['received_at']),
    processed_at: Number(row['processed_at']),
    stages: JSON.parse(String(row['stages'])) as StageNote[],
  };
}
