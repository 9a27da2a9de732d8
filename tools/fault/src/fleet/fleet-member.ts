import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningServer } from '@alertagent/local-stack';
import { FakeClock } from '../injectors/clock';
import { SmallDisk } from '../injectors/full-disk';
import { FileWatch } from '../sidecars/file-watch';
import { ReloadProxy } from '../sidecars/reload-proxy';
import { SidecarProcess } from '../sidecars/sidecar-process';
import { TamperingProxy } from '../sidecars/tampering-proxy';

/** Time between two looks of a sidecar, in milliseconds. */
export const INTERVAL_MS = 500;

export type FleetKind = 'prometheus' | 'vmalert' | 'alertmanager';

/** A server that a sidecar stands beside. */
export type Target = RunningServer & { readonly url: string; readonly configFile?: string };

/** The cluster a member belongs to. */
export interface FleetCluster {
  id: string;
  syncToken: string;
}

export interface MemberStart {
  name: string;
  kind: FleetKind;
  cluster: FleetCluster;
  /** Folder of the built product. */
  root: string;
  sabotage?: string;
  gatewayPort: number;
  /** Has something undone after the row. */
  later: (undo: () => Promise<unknown> | void) => void;
  /** Starts the target, which reads `file`. */
  start: (file: string, folder: string) => Promise<Target>;
}

const FILES: Readonly<Record<FleetKind, string>> = {
  prometheus: 'alertagent.rules.yml',
  vmalert: 'alertagent.rules.yml',
  alertmanager: 'alertmanager.yml',
};

/**
 * One real Prometheus, vmalert or Alertmanager with its sidecar: on a small disk of its own, with a clock of its own, behind a
 * proxy towards AlertAgent and one towards its target, and with somebody who looks at the file all the time.
 */
export class FleetMember {
  private constructor(
    readonly name: string,
    readonly kind: FleetKind,
    readonly cluster: FleetCluster,
    readonly file: string,
    readonly target: Target,
    readonly disk: SmallDisk,
    readonly clock: FakeClock,
    readonly downloads: TamperingProxy,
    readonly reloads: ReloadProxy,
    readonly sidecar: SidecarProcess,
    readonly watch: FileWatch,
  ) {}

  static async start(options: MemberStart): Promise<FleetMember> {
    const { name, kind, cluster, root, sabotage, gatewayPort, later } = options;
    const disk = await SmallDisk.create({ sizeMb: 1 });
    later(() => disk.close());
    const folder = join(disk.mountPoint, 'config');
    mkdirSync(folder);
    const file = join(folder, FILES[kind]);
    const target = await options.start(file, folder);
    later(() => target.stop());
    const clock = await FakeClock.create();
    later(() => clock.close());
    const downloads = await TamperingProxy.start(gatewayPort);
    later(() => downloads.close());
    const reloads = await ReloadProxy.start(target.port);
    later(() => reloads.close());
    const watch = new FileWatch(file);
    later(() => watch.stop());
    const sidecar = new SidecarProcess({
      root,
      sabotage,
      env: {
        // No check tool: a file is judged by what its target does with it.
        PATH: '/nonexistent',
        ALERTAGENT_ENDPOINT: `http://127.0.0.1:${downloads.port}`,
        ALERTAGENT_TOKEN: cluster.syncToken,
        CLUSTER_ID: cluster.id,
        CONFIG_TYPE: kind,
        CONFIG_PATH: file,
        RELOAD_URL: `http://127.0.0.1:${reloads.port}/-/reload`,
        SYNC_INTERVAL: `${INTERVAL_MS}ms`,
        RELOAD_TIMEOUT: '2s',
        MEMBER_NAME: name,
        ALERTAGENT_FIRING_SET: 'off',
        ...clock.environment,
      },
    });
    later(() => sidecar.stop());
    return new FleetMember(name, kind, cluster, file, target, disk, clock, downloads, reloads, sidecar, watch);
  }

  /** Whether its target, asked directly, shows this rule with exactly this version and expression; null when it does not answer. */
  async shows(rule: { name: string; version: number; expression: string }): Promise<boolean | null> {
    const text = await this.ask('/api/v1/rules');
    if (text === null) return null;
    const shown = JSON.parse(text) as { data: { groups: { rules: ShownRule[] }[] } };
    const rules = shown.data.groups.flatMap((group) => group.rules).filter(({ name }) => name === rule.name);
    return (
      rules.length === 1 &&
      rules.every(
        ({ query, annotations }) =>
          query === rule.expression && annotations?.['alertagent_rule_version'] === String(rule.version),
      )
    );
  }

  /** Whether its Alertmanager, asked directly, runs the file with this SHA-256; null when it does not answer. */
  async runs(hash: string): Promise<boolean | null> {
    const metrics = await this.ask('/metrics');
    if (metrics === null) return null;
    const bytes = this.downloads.given.get(hash);
    const shown = /^alertmanager_config_hash (\S+)$/m.exec(metrics)?.[1];
    if (bytes === undefined || shown === undefined) return false;
    return Number(shown) === createHash('md5').update(bytes).digest().readUIntLE(0, 6);
  }

  private async ask(path: string): Promise<string | null> {
    try {
      const answer = await fetch(`${this.target.url}${path}`, { signal: AbortSignal.timeout(5_000) });
      return answer.ok ? await answer.text() : null;
    } catch {
      return null;
    }
  }
}

interface ShownRule {
  name: string;
  query: string;
  annotations?: Record<string, string>;
}
