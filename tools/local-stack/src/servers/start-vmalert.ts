import { ensureBinaries } from '../binaries/ensure-binaries';
import { httpProbe } from '../processes/http-probe';
import type { RunningServer, ServerOptions } from '../processes/running-server';
import { startServer } from '../processes/start-server';

/** How to start a private vmalert. */
export interface VmalertOptions extends ServerOptions {
  /** Glob of its rule files, absolute. No file needs to exist yet. */
  rulesGlob: string;
  /** Where rules are evaluated: the address of a VictoriaMetrics or Prometheus. */
  datasource: string;
}

/** A running vmalert. */
export interface VmalertServer extends RunningServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** POST here to make it read its rule files again. */
  readonly reloadUrl: string;
}

/** Starts vmalert on 127.0.0.1 without anybody to notify, installing it first if this machine has none. Rules are evaluated each second. */
export async function startVmalert({ rulesGlob, datasource, ...options }: VmalertOptions): Promise<VmalertServer> {
  const { vmalert: file } = await ensureBinaries(['vmalert']);
  const server = await startServer(
    {
      name: 'vmalert',
      command: (port, dataDir) => ({
        file,
        args: [
          `-rule=${rulesGlob}`,
          `-datasource.url=${datasource}`,
          // It does not start without one; nobody listens there.
          '-notifier.url=http://127.0.0.1:9',
          '-evaluationInterval=1s',
          `-httpListenAddr=127.0.0.1:${port}`,
        ],
        cwd: dataDir,
      }),
      async probe(port) {
        // Its rule files tell ours from a stranger that had the port before.
        if (!(await httpProbe(`http://127.0.0.1:${port}/flags`)).includes(rulesGlob))
          throw new Error(`another vmalert answers on port ${port}`);
      },
    },
    options,
  );
  const url = `http://127.0.0.1:${server.port}`;
  return Object.assign(server, { url, reloadUrl: `${url}/-/reload` });
}
