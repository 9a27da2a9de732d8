import { join } from 'node:path';
import libsql from 'libsql';

const ID = '01900000-0000-7000-8000-00000000d15a';

/** A judgement that promtool did not share, as the rules service stores it: there is no request that makes one. Returns its id. */
export function storeDisagreement(dataDir: string): string {
  const database = new libsql(join(dataDir, 'rules.sqlite'), { timeout: 5_000 });
  try {
    const columns = 'id, text_hash, source, promtool, valid, reason, text, seen, first_seen_at, last_seen_at';
    database
      .prepare(`INSERT INTO rule_disagreements (${columns}) VALUES (?, ?, 'validated', '3.5.0', 1, ?, ?, 1, ?, ?)`)
      .run(ID, 'd'.repeat(64), 'it does not like the name', 'groups: []\n', Date.now(), Date.now());
  } finally {
    database.close();
  }
  return ID;
}
