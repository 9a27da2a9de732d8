import { realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureBinaries } from '../binaries/ensure-binaries';
import { httpProbe } from '../processes/http-probe';
import type { RunningServer, ServerOptions } from '../processes/running-server';
import { startServer } from '../processes/start-server';

/** How to start a private Prometheus. Durations are Prometheus durations such as `1s`. */
export interface PrometheusOptions extends ServerOptions {
  /** Glob of its rule files, absolute. No file needs to exist yet. */
  rulesGlob?: string;
  /** `host:port` of each Alertmanager it sends to. */
  alertmanagers?: readonly string[];
  /** `host:port` of each target it scrapes at /metrics. */
  scrape?: readonly string[];
  /** How often rules without an interval of their own are evaluated; `1s` unless told. */
  evaluationInterval?: string;
  /** How often targets are scraped; `1s` unless told. */
  scrapeInterval?: string;
  /** Labels added to every alert it sends. */
  externalLabels?: Readonly<Record<string, string>>;
  /** The least time between two sendings of the same firing alert; Prometheus' own default (1m) unless told. */
  resendDelay?: string;
  /** How long it keeps samples; `1d` unless told. */
  retention?: string;
}

/** A running Prometheus. */
export interface PrometheusServer extends RunningServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** POST here to make it read its rule files again. */
  readonly reloadUrl: string;
  /** Its main configuration file; JSON, which is YAML too. */
  readonly configFile: string;
}

function configuration(options: PrometheusOptions): object {
  const { rulesGlob, alertmanagers = [], scrape = [], evaluationInterval = '1s', scrapeInterval = '1s' } = options;
  return {
    global: {
      evaluation_interval: evaluationInterval,
      scrape_interval: scrapeInterval,
      scrape_timeout: scrapeInterval,
      external_labels: options.externalLabels ?? {},
    },
    rule_files: rulesGlob === undefined ? [] : [rulesGlob],
    alerting: { alertmanagers: alertmanagers.length === 0 ? [] : [{ static_configs: [{ targets: alertmanagers }] }] },
    scrape_configs: scrape.length === 0 ? [] : [{ job_name: 'targets', static_configs: [{ targets: scrape }] }],
  };
}

/** Starts Prometheus on 127.0.0.1 with reload over HTTP, installing it first if this machine has none. */
export async function startPrometheus(options: PrometheusOptions = {}): Promise<PrometheusServer> {
  const { prometheus: file } = await ensureBinaries(['prometheus']);
  let configFile = '';
  const server = await startServer(
    {
      name: 'prometheus',
      async command(port, dataDir) {
        configFile = join(dataDir, 'prometheus.yml');
        await writeFile(configFile, `${JSON.stringify(configuration(options), null, 2)}\n`);
        const args = [
          `--config.file=${configFile}`,
          `--storage.tsdb.path=${join(dataDir, 'tsdb')}`,
          `--storage.tsdb.retention.time=${options.retention ?? '1d'}`,
          `--web.listen-address=127.0.0.1:${port}`,
          '--web.enable-lifecycle',
          ...(options.resendDelay === undefined ? [] : [`--rules.alert.resend-delay=${options.resendDelay}`]),
        ];
        return { file, args, cwd: dataDir };
      },
      async probe(port, dataDir) {
        await httpProbe(`http://127.0.0.1:${port}/-/ready`);
        // Its working directory tells ours from a stranger that had the port before.
        const info = JSON.parse(await httpProbe(`http://127.0.0.1:${port}/api/v1/status/runtimeinfo`)) as {
          data?: { CWD?: string };
        };
        if (info.data?.CWD !== (await realpath(dataDir))) throw new Error(`another Prometheus answers on port ${port}`);
      },
    },
    options,
  );
  const url = `http://127.0.0.1:${server.port}`;
  return Object.assign(server, { url, reloadUrl: `${url}/-/reload`, configFile });
}
