import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Progress } from './progress';
import { ReportBacklog, type WaitingReport } from './report-backlog';

describe('the reports that wait for AlertAgent', () => {
  let folder: string;
  let file: string;
  let warnings: string[];
  let backlog: ReportBacklog;

  const open = (): ReportBacklog => {
    return new ReportBacklog(join(folder, 'rules.yml'), (_level, message) => void warnings.push(message));
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'report-backlog-'));
    file = join(folder, '.rules.yml.alertagent-reports.json');
    warnings = [];
    backlog = open();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const waiting = (observedAt: number): WaitingReport => {
    const progress = new Progress({ clusterId: 'c', type: 'prometheus-rules', member: 'm', version: '1' }, () => ({
      trusted: null,
      revision: null,
      set: null,
    }));
    const rule = {
      group: 'g',
      name: 'Down',
      rule_id: null,
      rule_version: null,
      status: 'live' as const,
      reason: null,
      health: null,
      last_evaluation: null,
      evaluation_seconds: null,
      firing: 0,
    };
    return { observedAt, report: { ...progress.report(), rules: [rule] } };
  };

  it('are there after a restart, without their rules, for nobody else to read', async () => {
    await backlog.keep([waiting(1), waiting(2)]);
    const loaded = await open().load();
    expect(loaded.map(({ observedAt, report }) => [observedAt, report.state, report.rules])).toEqual([
      [1, 'idle', []],
      [2, 'idle', []],
    ]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('leave no file when none is left', async () => {
    await backlog.keep([waiting(1)]);
    const next = open();
    await next.load();
    await next.keep([]);
    expect([existsSync(file), await open().load(), warnings]).toEqual([false, [], []]);
  });

  it('are the newest fifty at most', async () => {
    await backlog.keep(Array.from({ length: 80 }, (_, index) => waiting(index)));
    expect((await open().load()).map(({ observedAt }) => observedAt)).toEqual(
      Array.from({ length: 50 }, (_, index) => index + 30),
    );
  });

  it.each(['', '{', '{}', '[1]', '[{"observedAt":"now","report":{"state":"live"}}]', '[{"observedAt":1}]'])(
    'are none, and that is said, when the file holds %j',
    async (text) => {
      writeFileSync(file, text);
      expect([await backlog.load(), warnings]).toEqual([[], ['reports of before the restart are lost']]);
      await backlog.keep([]);
      expect(existsSync(file)).toBe(false);
    },
  );

  it('stop nobody when they cannot be written', async () => {
    rmSync(folder, { recursive: true });
    await backlog.keep([waiting(1)]);
    expect(warnings).toEqual(['reports that wait cannot be kept over a restart']);
  });
});
