import { setTimeout as delay } from 'node:timers/promises';
import { pollUntil } from '@alertagent/local-stack';
import { atMost } from '../../measure';
import { percentile } from '../../percentile';
import type { FaultRow } from '../../row';
import { shownRules } from '../../sidecars/changed-rule';
import { INTERVAL_MS, SidecarStand } from '../../sidecars/sidecar-stand';

/** Every rule is gone where rules are kept, and nobody deleted them through AlertAgent. */
export const rulesLost: FaultRow = {
  id: 'F65',
  title:
    'sidecar: every rule gone from the database without anybody deleting one; then all of them deleted through the API',
  bar: 'the first is refused with a reason and every rule stays loaded; the second empties the file, signed as confirmed',
  sabotages: { 'no-loss-guard': 'the cluster loses its rules' },
  run: async (context) => {
    const scene = await SidecarStand.start(context);
    const watch = scene.watch();
    const { stand, prometheus, file } = scene;
    const before = { hash: scene.diskHash(), rules: (await shownRules(prometheus.url, file)).length };
    const kept = await stand.database.query<Record<string, string | number | null>>('SELECT * FROM rule_distributions');
    await stand.database.query('DELETE FROM rule_distributions');
    const clusterId = String(kept[0]?.['cluster_id']);
    const created = await stand.call<{ id: string }>('POST', '/rules', {
      name: 'AfterTheLoss',
      expression: 'vector(0) > 9',
      severity: 'warning',
      targets: [clusterId],
    });
    const refused = await pollUntil(
      async () =>
        (
          await stand.database.query<{ reason: string }>("SELECT reason FROM config_revisions WHERE status = 'refused'")
        )[0],
      { what: 'a refused revision', timeoutMs: 10_000 },
    ).catch(() => null);
    await delay(4 * INTERVAL_MS);
    const problems = [
      ...(refused === null ? ['no revision was refused'] : []),
      ...(scene.diskHash() === before.hash ? [] : ['the file is not what it was']),
      ...((await shownRules(prometheus.url, file)).length === before.rules ? [] : ['Prometheus has lost rules']),
    ];
    for (const row of kept) {
      const columns = Object.keys(row);
      await stand.database.query(
        `INSERT INTO rule_distributions (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
        Object.values(row),
      );
    }
    for (const id of [created.body.id, scene.rule.id, ...scene.rule.others]) await stand.call('DELETE', `/rules/${id}`);
    const emptyMs = performance.now();
    await pollUntil(async () => (await shownRules(prometheus.url, file)).length === 0, {
      what: 'the rules to be gone',
      timeoutMs: 15_000,
    }).catch(() => problems.push('rules that were deleted are still loaded'));
    const judged = await scene.judge(watch);
    return {
      figures: {
        rules: before.rules,
        refused: refused?.reason.slice(0, 160) ?? '',
        ...judged.figures,
        emptied_ms: Math.round(performance.now() - emptyMs),
      },
      problems: [...problems, ...judged.problems],
    };
  },
};

/** Time between looks where times are compared with it, in milliseconds: a busy machine takes its share. */
const SLOW_MS = 1_000;

/** An older content is wanted again. */
export const rolledBack: FaultRow = {
  id: 'F68',
  title: 'sidecar: the content of an earlier version is saved again (10 times unless told by --n), forth and back',
  bar: 'a higher revision each time, applied within 2 intervals; staleness p99 <= interval + 2 s; the applied revision never goes down',
  run: async (context) => {
    const { n: times = 10 } = context.options;
    const scene = await SidecarStand.start(context, { env: { SYNC_INTERVAL: `${SLOW_MS}ms` } });
    const watch = scene.watch();
    const problems: string[] = [];
    const staleMs: number[] = [];
    let highest = (await scene.published()).revision;
    for (let time = 1; time <= times; time += 1) {
      await scene.rule.change(time % 2);
      const began = performance.now();
      await pollUntil(async () => (await scene.published()).revision > highest, {
        what: 'a newer revision',
        intervalMs: 5,
      });
      await pollUntil(async () => scene.diskHash() === (await scene.published()).hash, {
        what: 'the file',
        intervalMs: 5,
      });
      staleMs.push(performance.now() - began);
      const { revision } = await scene.published();
      if (revision <= highest) problems.push(`revision ${revision} after ${highest}`);
      highest = revision;
      await scene.settled();
    }
    const judged = await scene.judge(watch);
    const [worst, p99] = [Math.max(...staleMs), percentile(staleMs, 0.99)];
    return {
      figures: {
        changes: times,
        ...judged.figures,
        applied_p50_ms: Math.round(percentile(staleMs, 0.5)),
        applied_max_ms: Math.round(worst),
      },
      problems: [
        ...problems,
        ...judged.problems,
        ...atMost('ms until applied', worst, 2 * SLOW_MS),
        ...atMost('ms of staleness p99', p99, SLOW_MS + 2_000),
      ],
    };
  },
};
