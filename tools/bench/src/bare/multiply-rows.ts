import type { Connection, RowDataPacket } from 'mysql2/promise';

const COPIES_PER_STATEMENT = 50;

interface Column extends RowDataPacket {
  name: string;
  type: string;
  size: number | null;
  isUnique: number;
}

/** Copies every row of a table so many times; keys get values of their own, times lie further and further back. MariaDB only. */
export async function multiplyRows(connection: Connection, table: string, times: number): Promise<void> {
  const [columns] = await connection.query<Column[]>(
    `SELECT c.COLUMN_NAME AS name, c.DATA_TYPE AS type, c.CHARACTER_MAXIMUM_LENGTH AS size,
       EXISTS (SELECT 1 FROM information_schema.STATISTICS s WHERE s.TABLE_SCHEMA = c.TABLE_SCHEMA AND s.TABLE_NAME = c.TABLE_NAME
         AND s.COLUMN_NAME = c.COLUMN_NAME AND s.NON_UNIQUE = 0) AS isUnique
     FROM information_schema.COLUMNS c WHERE c.TABLE_SCHEMA = DATABASE() AND c.TABLE_NAME = ? ORDER BY c.ORDINAL_POSITION`,
    [table],
  );
  const values = columns.map(copyOf);
  const names = columns.map(({ name }) => name).join(', ');
  await connection.query(`CREATE TABLE template_${table} AS SELECT * FROM ${table}`);
  for (let from = 1; from < times; from += COPIES_PER_STATEMENT) {
    const to = Math.min(times - 1, from + COPIES_PER_STATEMENT - 1);
    await connection.query(
      `INSERT INTO ${table} (${names}) SELECT ${values.join(', ')} FROM template_${table} t CROSS JOIN seq_${from}_to_${to} n`,
    );
  }
  await connection.query(`DROP TABLE template_${table}`);
  await connection.query(`ANALYZE TABLE ${table}`);
}

function copyOf({ name, type, size, isUnique }: Column): string {
  const hash = `SHA2(CONCAT(t.${name}, '-', n.seq), 256)`;
  // Cursors are made of ids, and an id must look like one and lie where its time does.
  if (isUnique && size === 36) {
    const ms = `CONV(CONCAT(LEFT(t.${name}, 8), SUBSTRING(t.${name}, 10, 4)), 16, 10) - n.seq * 60000`;
    const time = `INSERT(LPAD(LOWER(HEX(${ms})), 12, '0'), 9, 0, '-')`;
    return `CONCAT(${time}, '-7', LEFT(${hash}, 3), '-8', SUBSTRING(${hash}, 4, 3), '-', SUBSTRING(${hash}, 7, 12))`;
  }
  if (isUnique && /char/.test(type)) return `LEFT(${hash}, ${size ?? 64})`;
  return type === 'bigint' ? `IF(t.${name} > 1000000000000, t.${name} - n.seq * 60000, t.${name})` : `t.${name}`;
}
