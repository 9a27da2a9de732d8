import type { DataSource } from 'typeorm';
import { sharedStack } from '@alertagent/local-stack';
import { AuditLog, type AuditChange } from '../src/audit/audit-log';
import { auditHash } from '../src/audit/audit-hash';
import { auditHeadTableName, auditLogEntity, auditTableName } from '../src/audit/audit-tables';
import { inTransaction } from '../src/database/in-transaction';
import { openDatabase } from '../src/database/open-database';
import { note, noteEntity, notesService } from './notes';

const stack = sharedStack();
afterAll(() => stack.close());

const change = (more: Partial<AuditChange> = {}): AuditChange => ({
  actor: { kind: 'token', id: 't1', name: 'Zoë "ops"' },
  action: 'rule.update',
  resource_type: 'rule',
  resource_id: 'r1',
  before: { name: 'old' },
  after: { name: 'new', api_key: 'very-secret' },
  correlation_id: 'c1',
  ...more,
});

describe.each(stack.testDatabaseUrls())('the audit log on $name', (database) => {
  let dataSource: DataSource;
  let audit: AuditLog;
  const log = auditTableName('rules');
  const head = auditHeadTableName('rules');

  beforeEach(async () => {
    dataSource = await openDatabase({ ...notesService, url: await database.url('audit'), runMigrations: true });
    audit = new AuditLog(dataSource, 'rules');
  });
  afterEach(() => dataSource.destroy());

  const record = (more: Partial<AuditChange> = {}): Promise<number> =>
    inTransaction(dataSource, (tx) => audit.record(tx, change(more)));
  const recordMany = async (count: number): Promise<void> => {
    for (let index = 1; index <= count; index += 1) await record({ resource_id: `r${index}` });
  };

  it('holds entries in the order of their changes, with secrets blanked, newest first', async () => {
    await recordMany(5);
    const first = await audit.list({ limit: 3 });
    const second = await audit.list({ limit: 3, cursor: first.next_cursor });
    expect([...first.items, ...second.items].map(({ seq, resource_id }) => [seq, resource_id])).toEqual(
      [5, 4, 3, 2, 1].map((seq) => [seq, `r${seq}`]),
    );
    expect(second.next_cursor).toBeNull();
    expect(first.items[0]).toMatchObject({
      ...change({ resource_id: 'r5' }),
      after: { name: 'new', api_key: '[redacted]' },
    });
    expect(JSON.stringify(await dataSource.query(`SELECT * FROM ${log}`))).not.toContain('very-secret');
  });

  it('has an entry exactly when the change is committed', async () => {
    const failing = inTransaction(dataSource, async (tx) => {
      await tx.insert(noteEntity, note('a'));
      await audit.record(tx, change());
      throw new Error('the change is refused');
    });
    await expect(failing).rejects.toThrow('the change is refused');
    expect(await audit.verify()).toEqual({ ok: true, checked: 0 });
    await record();
    expect(await audit.verify()).toEqual({ ok: true, checked: 1 });
  });

  it('stays one chain under concurrent writers', async () => {
    const numbers = await Promise.all(Array.from({ length: 60 }, (_, index) => record({ resource_id: `r${index}` })));
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
    expect(await audit.verify()).toEqual({ ok: true, checked: 60 });
  });

  it('verifies while others write', async () => {
    await recordMany(5);
    const [verdict] = await Promise.all([audit.verify(), ...Array.from({ length: 20 }, () => record())]);
    expect(verdict.ok).toBe(true);
  });

  describe('after eight changes', () => {
    beforeEach(() => recordMany(8));

    const columns = [
      'id',
      'actor',
      'action',
      'resource_type',
      'resource_id',
      'before_json',
      'after_json',
      'correlation_id',
      'prev_hash',
      'hash',
    ];
    it.each(columns)('sees an edited %s', async (column) => {
      await dataSource.query(`UPDATE ${log} SET ${column} = 'x' WHERE seq = 4`);
      expect(await audit.verify()).toEqual({ ok: false, checked: 3, broken_at: 4 });
    });

    it('sees an edited time, and a value set to null', async () => {
      await dataSource.query(`UPDATE ${log} SET after_json = NULL WHERE seq = 6`);
      expect(await audit.verify()).toMatchObject({ ok: false, broken_at: 6 });
      await dataSource.query(`UPDATE ${log} SET at = at + 1 WHERE seq = 5`);
      expect(await audit.verify()).toMatchObject({ ok: false, broken_at: 5 });
    });

    it.each([1, 4])('sees that entry %d was deleted', async (seq) => {
      await dataSource.query(`DELETE FROM ${log} WHERE seq = ${seq}`);
      expect(await audit.verify()).toMatchObject({ ok: false, broken_at: seq });
    });

    it('sees that the numbers were closed up after a deletion', async () => {
      await dataSource.query(`DELETE FROM ${log} WHERE seq = 4`);
      for (const seq of [5, 6, 7, 8]) await dataSource.query(`UPDATE ${log} SET seq = ${seq - 1} WHERE seq = ${seq}`);
      expect(await audit.verify()).toMatchObject({ ok: false, broken_at: 4 });
    });

    it('sees that two entries changed places', async () => {
      await dataSource.query(`UPDATE ${log} SET seq = 99 WHERE seq = 3`);
      await dataSource.query(`UPDATE ${log} SET seq = 3 WHERE seq = 4`);
      await dataSource.query(`UPDATE ${log} SET seq = 4 WHERE seq = 99`);
      expect(await audit.verify()).toMatchObject({ ok: false, broken_at: 3 });
    });

    it('sees a missing tail, and that everything is missing', async () => {
      await dataSource.query(`DELETE FROM ${log} WHERE seq >= 7`);
      expect(await audit.verify()).toEqual({ ok: false, checked: 6, broken_at: 7 });
      await dataSource.query(`DELETE FROM ${log}`);
      expect(await audit.verify()).toEqual({ ok: false, checked: 0, broken_at: 1 });
    });

    it('sees a forged entry at the end, even with a correct hash', async () => {
      const last = await dataSource.manager.findOneByOrFail(auditLogEntity('rules'), { seq: 8 });
      const forged = { ...last, seq: 9, id: 'forged', prevHash: last.hash };
      await dataSource.manager.insert(auditLogEntity('rules'), { ...forged, hash: auditHash(forged) });
      expect(await audit.verify()).toMatchObject({ ok: false, broken_at: 9 });
    });

    it('sees a removed or rewritten head, and refuses to go on without one', async () => {
      await dataSource.query(`UPDATE ${head} SET hash = 'x'`);
      expect((await audit.verify()).ok).toBe(false);
      await dataSource.query(`DELETE FROM ${head}`);
      expect((await audit.verify()).ok).toBe(false);
      await expect(record()).rejects.toThrow('tampered');
    });

    it('sees by a head noted elsewhere that the tail and the head row were rewritten together', async () => {
      const noted = await audit.head();
      const sixth = await dataSource.manager.findOneByOrFail(auditLogEntity('rules'), { seq: 6 });
      await dataSource.query(`DELETE FROM ${log} WHERE seq >= 7`);
      await dataSource.query(`UPDATE ${head} SET seq = 6, hash = '${sixth.hash}'`);
      expect(await audit.verify()).toEqual({ ok: true, checked: 6 });
      expect((await audit.verify(noted)).ok).toBe(false);
      await recordMany(2);
      expect(await audit.verify(noted)).toMatchObject({ ok: false, broken_at: 8 });
    });
  });
});
