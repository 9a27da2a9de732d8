import { EventSubscriber, type EntityManager, type EntitySubscriberInterface, type QueryRunner } from 'typeorm';

type Action = () => void;

const pending = new WeakMap<QueryRunner, Action[]>();

/**
 * Runs `action` once the transaction of `tx` is committed, and never when it rolls back. The action must not throw and gets
 * no database access of its own: it is for waking somebody up. Errors: when `tx` is not a transaction.
 */
export function afterCommit(tx: EntityManager, action: Action): void {
  const runner = tx.queryRunner;
  if (!runner?.isTransactionActive) throw new Error('afterCommit needs the entity manager of an open transaction');
  const actions = pending.get(runner);
  if (actions) actions.push(action);
  else pending.set(runner, [action]);
}

/** Registered on every data source by `openDatabase`; turns TypeORM's transaction events into `afterCommit` calls. */
@EventSubscriber()
export class AfterCommitSubscriber implements EntitySubscriberInterface {
  afterTransactionCommit(event: { queryRunner: QueryRunner }): void {
    // Releasing a savepoint is reported as a commit too; only the outermost one makes the rows visible.
    if (event.queryRunner.isTransactionActive) return;
    const actions = pending.get(event.queryRunner) ?? [];
    pending.delete(event.queryRunner);
    for (const action of actions) action();
  }

  afterTransactionRollback(event: { queryRunner: QueryRunner }): void {
    if (!event.queryRunner.isTransactionActive) pending.delete(event.queryRunner);
  }
}
