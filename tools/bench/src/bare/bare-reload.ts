import { mkdirSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pollUntil, type PrometheusServer } from '@alertagent/local-stack';

const RULE = 'BareBenchRule';

interface ShownRule {
  name: string;
  health: string;
  query: string;
  lastEvaluation: string;
}

/** The least that proves a rule live: write it, reload, and read it back once Prometheus has evaluated it. */
export class BareReload {
  /** @param file a rule file of its own, matched by Prometheus' `rule_files` */
  constructor(
    private readonly prometheus: PrometheusServer,
    private readonly file: string,
  ) {
    mkdirSync(dirname(file), { recursive: true });
  }

  /** Milliseconds from the decision to change the rule until the changed rule was read back, evaluated. */
  async change(threshold: number): Promise<number> {
    const query = `demo_value > ${threshold}`;
    const began = performance.now();
    await this.write(JSON.stringify({ groups: [{ name: 'bare', rules: [{ alert: RULE, expr: query }] }] }));
    const reload = await fetch(this.prometheus.reloadUrl, { method: 'POST' });
    if (!reload.ok) throw new Error(`reload: ${reload.status} ${await reload.text()}`);
    await pollUntil(() => this.isEvaluated(query), { what: `${query} to be evaluated`, intervalMs: 10 });
    return performance.now() - began;
  }

  async remove(): Promise<void> {
    await rm(this.file, { force: true });
  }

  private async write(text: string): Promise<void> {
    const draft = `${this.file}.draft`;
    const handle = await open(draft, 'w');
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, this.file);
    const folder = await open(dirname(this.file), 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }

  private async isEvaluated(query: string): Promise<boolean> {
    const response = await fetch(`${this.prometheus.url}/api/v1/rules`);
    const { data } = (await response.json()) as { data: { groups: { rules: ShownRule[] }[] } };
    const rule = data.groups.flatMap(({ rules }) => rules).find(({ name }) => name === RULE);
    // A rule that was never evaluated has the year 1 there.
    return rule?.query === query && rule.health === 'ok' && !rule.lastEvaluation.startsWith('0001-');
  }
}
