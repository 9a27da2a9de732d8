import type { BacktestedAlert } from '@alertagent/contracts';
import { json } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';

/** One alert of a backtest's result. */
export interface StoredBacktestedAlert {
  backtestId: string;
  /** The order in which alerts are listed. */
  position: number;
  side: BacktestedAlert['side'];
  content: BacktestedAlert;
}

export const backtestedAlertEntity = new EntitySchema<StoredBacktestedAlert>({
  name: 'backtested_alerts',
  columns: {
    backtestId: { name: 'backtest_id', type: 'varchar', length: 36, primary: true },
    position: { type: 'int', primary: true },
    side: { type: 'varchar', length: 10 },
    content: { type: 'longtext', transformer: json<BacktestedAlert>() },
  },
});
