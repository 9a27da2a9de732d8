import type { DataSource } from 'typeorm';
import { InboxWriter, type IncomingWebhook } from './inbox-writer';

const webhook: IncomingWebhook = {
  id: '01900000-0000-7000-8000-000000000001',
  cluster_id: 'c',
  received_at: 1,
  alert_count: 1,
  good_count: 1,
  body: Buffer.from('{}'),
  format: null,
  source_id: null,
  source_version: null,
};

/** A MariaDB that answers each statement with the next of these codes; null is success. */
function writerTo(codes: (string | null)[]): { writer: InboxWriter; statements: () => number } {
  let statements = 0;
  const connection = {
    execute(_sql: string, _values: unknown[], done: (error: Error | null) => void): void {
      statements += 1;
      const code = codes.shift() ?? null;
      done(code === null ? null : Object.assign(new Error(code), { code }));
    },
  };
  const runner = { connect: async () => connection, release: async () => undefined };
  const dataSource = { options: { type: 'mariadb' }, createQueryRunner: () => runner } as unknown as DataSource;
  return { writer: new InboxWriter(dataSource, 1_000), statements: () => statements };
}

describe('writing webhooks over a connection that breaks', () => {
  it('repeats the statement', async () => {
    const { writer, statements } = writerTo(['PROTOCOL_CONNECTION_LOST', null]);
    await writer.write([webhook]);
    expect(statements()).toBe(2);
  });

  it('takes rows that are there already for its own, whose commit was never confirmed', async () => {
    const { writer } = writerTo(['ER_CONNECTION_KILLED', 'ER_DUP_ENTRY']);
    await expect(writer.write([webhook])).resolves.toBeUndefined();
  });

  it('does not take rows for its own that it has not tried to write', async () => {
    const { writer } = writerTo(['ER_DUP_ENTRY']);
    await expect(writer.write([webhook])).rejects.toMatchObject({ code: 'ER_DUP_ENTRY' });
  });

  it('gives up after the third time: the sender is told to come again', async () => {
    const { writer, statements } = writerTo(Array<string>(9).fill('ECONNRESET'));
    await expect(writer.write([webhook])).rejects.toMatchObject({ code: 'unavailable' });
    expect(statements()).toBe(3);
  });
});
