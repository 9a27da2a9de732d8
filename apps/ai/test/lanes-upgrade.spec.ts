import { DataSource } from 'typeorm';
import { alert, Stand } from './stand';

describe.each(['sqlite', 'mariadb'] as const)('an upgrade to lanes, on %s,', (database) => {
  let stand: Stand;

  beforeAll(async () => {
    stand = await Stand.start(database);
  }, 120_000);

  afterAll(() => stand.stop());

  it('finds what waited before there were any', async () => {
    const { manager } = (await stand.startReplica()).get(DataSource);
    // The newest ones first, down to the one that made the lanes.
    const runner = manager.dataSource.createQueryRunner();
    while (await runner.hasTable('analysis_lanes')) await manager.dataSource.undoLastMigration();
    await runner.release();
    const now = stand.clock.now().getTime();
    const waiting = {
      id: '01930000-0000-7000-8000-000000000001',
      incident_id: 'i',
      trigger_key: 'incident-opened',
      alert_id: 'a',
      cluster_id: 'c',
      cluster_name: 'production',
      alert: JSON.stringify(alert()),
      workflow: 'a-workflow',
      workflow_reason: 'a rule',
      status: 'pending',
      attempts: 0,
      due_at: now,
      created_at: now,
    };
    const values = Object.values(waiting);
    await manager.query(
      `INSERT INTO ai_analysis_records (${Object.keys(waiting).join(', ')}) VALUES (${values.map(() => '?').join(', ')})`,
      values,
    );
    await stand.stopReplicas();
    await stand.startReplica();
    expect(await stand.over('i')).toMatchObject({ workflow: 'a-workflow', status: 'completed' });
  });
});
