import type { DataSource } from 'typeorm';
import { sharedStack } from '@alertagent/local-stack';
import { openDatabase } from '../src/database/open-database';
import { Inbox } from '../src/inbox/inbox';
import { ParkedMessages, type MessageToPark } from '../src/inbox/parked-messages';
import { newId } from '../src/ids/new-id';
import { note, noteEntity, notesService } from './notes';

const stack = sharedStack();
afterAll(() => stack.close());

describe.each(stack.testDatabaseUrls())('on $name', (database) => {
  let dataSource: DataSource;
  beforeAll(async () => {
    dataSource = await openDatabase({ ...notesService, url: await database.url('inbox'), runMigrations: true });
  });
  beforeEach(() => dataSource.manager.deleteAll(noteEntity));
  afterAll(() => dataSource.destroy());

  describe('the inbox', () => {
    const once = (delivery: { messageId: string; handler: string }): Promise<string> =>
      new Inbox(dataSource, 'rules').once(delivery, async (tx) => {
        const id = newId();
        await tx.insert(noteEntity, note(id));
      });

    it('does the work of an event once, however often it is delivered', async () => {
      const delivery = { messageId: newId(), handler: 'rules-on-note' };
      const outcomes = [await once(delivery), await once(delivery), await once(delivery)];
      expect(outcomes).toEqual(['done', 'duplicate', 'duplicate']);
      expect(await dataSource.manager.count(noteEntity)).toBe(1);
    });

    it('does it once when 16 deliveries come at the same time', async () => {
      const delivery = { messageId: newId(), handler: 'rules-on-note' };
      const outcomes = await Promise.all(Array.from({ length: 16 }, () => once(delivery)));
      expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1);
      expect(await dataSource.manager.count(noteEntity)).toBe(1);
    });

    it('does it once for each handler', async () => {
      const messageId = newId();
      expect(await once({ messageId, handler: 'one' })).toBe('done');
      expect(await once({ messageId, handler: 'two' })).toBe('done');
    });

    it('forgets a delivery whose work failed, so that the next one tries again', async () => {
      const delivery = { messageId: newId(), handler: 'rules-on-note' };
      const failing = new Inbox(dataSource, 'rules').once(delivery, async (tx) => {
        await tx.insert(noteEntity, note('half'));
        throw new Error('broken work');
      });
      await expect(failing).rejects.toThrow('broken work');
      expect(await dataSource.manager.count(noteEntity)).toBe(0);
      expect(await once(delivery)).toBe('done');
    });

    it('does not take a unique violation of the work itself for a repeat', async () => {
      await dataSource.manager.insert(noteEntity, note('taken'));
      const clash = new Inbox(dataSource, 'rules').once({ messageId: newId(), handler: 'h' }, async (tx) => {
        await tx.insert(noteEntity, note('taken'));
      });
      await expect(clash).rejects.toThrow();
    });
  });

  describe('parked messages', () => {
    const message = (more: Partial<MessageToPark> = {}): MessageToPark => ({
      handler: 'rules-on-note',
      messageId: newId(),
      subject: 'alertagent.rules.v1.note-written.a',
      payload: '{"text":"😀"}',
      headers: { traceparent: '00-a' },
      reason: 'invalid: /text: too long',
      deliveries: 5,
      ...more,
    });
    let parked: ParkedMessages;
    beforeEach(() => {
      parked = new ParkedMessages(dataSource, 'rules');
    });

    it('keep everything that a replay needs', async () => {
      const given = message();
      const stored = await parked.get(await parked.park(given));
      expect(stored).toMatchObject({ ...given, replayedAt: null });
      expect(stored.parkedAt).toBeInstanceOf(Date);
    });

    it('are one per message and handler: parking again updates the reason and asks for attention again', async () => {
      const given = message();
      const before = await parked.waiting();
      const id = await parked.park(given);
      await parked.markReplayed(id);
      expect((await parked.get(id)).replayedAt).toBeInstanceOf(Date);
      expect(await parked.waiting()).toBe(before);
      expect(await parked.park({ ...given, reason: 'again', deliveries: 9 })).toBe(id);
      expect(await parked.get(id)).toMatchObject({ reason: 'again', deliveries: 9, replayedAt: null });
      expect(await parked.waiting()).toBe(before + 1);
    });

    it('are listed page by page, newest first, each once', async () => {
      const ids: string[] = [];
      for (let index = 0; index < 7; index += 1) ids.push(await parked.park(message()));
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page = await parked.list({ cursor, limit: 3 });
        seen.push(...page.items.map(({ id }) => id));
        cursor = page.nextCursor;
      } while (cursor !== null);
      expect(seen.slice(0, 7)).toEqual(ids.reverse());
      expect(new Set(seen).size).toBe(seen.length);
    });

    it('are gone after a delete, and unknown ones are not found', async () => {
      const id = await parked.park(message());
      await parked.delete(id);
      for (const call of [() => parked.get(id), () => parked.delete(id), () => parked.markReplayed(id)]) {
        await expect(call()).rejects.toMatchObject({ code: 'not_found' });
      }
    });
  });
});
