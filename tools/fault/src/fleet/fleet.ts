import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  pollUntil,
  startAlertmanager,
  startPrometheus,
  startVictoriametrics,
  startVmalert,
  type PrometheusServer,
} from '@alertagent/local-stack';
import type { RowContext } from '../row';
import { ChangedRule } from '../sidecars/changed-rule';
import type { Stand } from '../stand';
import { FleetMember, type FleetCluster, type FleetKind, type Target } from './fleet-member';

const LAYER = 'fleet';

/** What AlertAgent says about one member: `GET /clusters/{id}/sync`. */
export interface ToldSync {
  member: string;
  state: string;
  in_sync: boolean;
  hash: string | null;
  loaded_hash: string | null;
  revision: number | null;
}

/**
 * AlertAgent with two clusters: `north` has two Prometheis and two Alertmanagers, `south` a Prometheus and a vmalert. One rule
 * of both and the configuration of the Alertmanagers are changed again and again.
 */
export class Fleet {
  private layerTag = '';

  private constructor(
    readonly stand: Stand,
    readonly members: readonly FleetMember[],
    readonly rule: ChangedRule,
    /** Files that were there before AlertAgent came. */
    private readonly initial: ReadonlySet<string>,
  ) {}

  static async start(context: RowContext): Promise<Fleet> {
    const stand = await context.stand({ services: ['rules', 'clusters', 'config'] });
    const north = await registerCluster(stand, 'north');
    const south = await registerCluster(stand, 'south');
    const rule = await ChangedRule.create(stand, [north.id, south.id], 8);
    const datasource = await startVictoriametrics();
    context.later(() => datasource.stop());
    const { root, sabotage } = context.options;
    const gatewayPort = Number(new URL(stand.gateway.url).port);
    const member = (
      name: string,
      kind: FleetKind,
      cluster: FleetCluster,
      start: (file: string, folder: string) => Promise<Target>,
    ): Promise<FleetMember> =>
      FleetMember.start({ name, kind, cluster, root, sabotage, gatewayPort, later: context.later, start });
    const prometheus = (_file: string, folder: string): Promise<PrometheusServer> =>
      startPrometheus({ rulesGlob: join(folder, '*.yml') });
    const alertmanager = (file: string): Promise<Target> => startAlertmanager({ configFile: file });
    const vmalert = (_file: string, folder: string): Promise<Target> =>
      startVmalert({ rulesGlob: join(folder, '*.yml'), datasourceUrl: datasource.url });
    const members = [
      await member('north-prometheus-0', 'prometheus', north, prometheus),
      await member('north-prometheus-1', 'prometheus', north, prometheus),
      await member('south-prometheus-0', 'prometheus', south, prometheus),
      await member('south-vmalert-0', 'vmalert', south, vmalert),
      await member('north-alertmanager-0', 'alertmanager', north, alertmanager),
      await member('north-alertmanager-1', 'alertmanager', north, alertmanager),
    ];
    const initial = new Set(members.flatMap(({ watch }) => watch.seen.flatMap(({ hash }) => hash ?? [])));
    const fleet = new Fleet(stand, members, rule, initial);
    await fleet.createLayer();
    return fleet;
  }

  /** Changes the rule and the configuration of the Alertmanagers; `number` is part of both. */
  async change(number: number): Promise<void> {
    await this.rule.change(number);
    await this.saveLayer('PUT', `/alertmanager/layers/${this.layerTag}`, number);
  }

  /** What AlertAgent says about every member's file. */
  async syncs(): Promise<Map<string, ToldSync>> {
    const told = new Map<string, ToldSync>();
    for (const id of new Set(this.members.map(({ cluster }) => cluster.id))) {
      const { body } = await this.stand.call<{ members: ToldSync[] }>('GET', `/clusters/${id}/sync`);
      for (const sync of body.members) told.set(sync.member, sync);
    }
    return told;
  }

  /** Those of the members whose file is not the newest that is published, and those about which that is not said. */
  async notInSync(members = this.members): Promise<string[]> {
    const told = await this.syncs();
    return members.filter((member) => !isInSync(member, told.get(member.name))).map(({ name }) => name);
  }

  /** Contents that were seen on a disk and are no complete published file. */
  async badInstants(): Promise<{ looks: number; bad: string[] }> {
    const allowed = new Set(this.initial);
    const rows = await this.stand.database.query<{ hash: string }>(
      "SELECT hash FROM config_revisions WHERE status = 'published'",
    );
    for (const { hash } of rows) allowed.add(hash);
    let looks = 0;
    const bad: string[] = [];
    for (const { name, watch } of this.members) {
      looks += await watch.looks();
      for (const { hash, bytes } of watch.bad(allowed))
        bad.push(`${name}: ${hash === null ? 'there was no file' : `${bytes} bytes that were never published`}`);
    }
    return { looks, bad };
  }

  private async createLayer(): Promise<void> {
    const { body } = await this.saveLayer('POST', '/alertmanager/layers', 0);
    this.layerTag = body.id;
    await pollUntil(async () => (await this.notInSync()).length === 0, {
      what: 'every member to run what it is served',
      timeoutMs: 60_000,
      intervalMs: 100,
    });
  }

  private async saveLayer(method: string, path: string, number: number): Promise<{ body: { id: string } }> {
    const answer = await this.stand.call<{ id: string }>(method, path, {
      name: LAYER,
      scope: { kind: 'organisation' },
      document: { route: { group_wait: `${number + 1}s` } },
      reason: `number ${number}`,
    });
    if (answer.status !== 200 && answer.status !== 201)
      throw new Error(`the layer was not saved: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  }
}

/** Said to be in sync, and the file on its disk is the one that was said. */
function isInSync({ file }: FleetMember, told: ToldSync | undefined): boolean {
  if (!told?.in_sync) return false;
  try {
    return createHash('sha256').update(readFileSync(file)).digest('hex') === told.hash;
  } catch {
    return false;
  }
}

async function registerCluster(stand: Stand, name: string): Promise<FleetCluster> {
  const { status, body } = await stand.call<{ id: string; tokens: { sync: string } }>('POST', '/clusters', {
    name,
    config: { sync_interval: '1s' },
  });
  if (status !== 201) throw new Error(`the cluster was not registered: ${status} ${JSON.stringify(body)}`);
  return { id: body.id, syncToken: body.tokens.sync };
}
