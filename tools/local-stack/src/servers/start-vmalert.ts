import { realpath } from 'node:fs/promises';
import { ensureBinaries } from '../binaries/ensure-binaries';
import { httpProbe } from '../processes/http-probe';
import type { RunningServer, ServerOptions } from '../processes/running-server';
import { startServer } from '../processes/start-server';

/** How to start a private vmalert. */
export interface VmalertOptions extends ServerOptions {
  /** Glob of its rule files, absolute. No file needs to exist yet. */
  rulesGlob: string;
  /** What it asks and writes to, e.g. a VictoriaMetrics. */
  datasourceUrl: string;
}

/** A running vmalert. */
export interface VmalertServer extends RunningServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** POST here to make it read its rule files again; it answers 200 whatever comes of it. */
  readonly reloadUrl: string;
}

/** Starts vmalert on 127.0.0.1, installing it first if this machine has none. It notifies nobody. */
export async function startVmalert(options: VmalertOptions): Promise<VmalertServer> {
  const { vmalert: file } = await ensureBinaries(['vmalert']);
  const { rulesGlob, datasourceUrl } = options;
  const server = await startServer(
    {
      name: 'vmalert',
      command: async (port, dataDir) => ({
        file,
        args: [
          `-httpListenAddr=127.0.0.1:${port}`,
          `-rule=${rulesGlob}`,
          `-datasource.url=${datasourceUrl}`,
          `-remoteWrite.url=${datasourceUrl}`,
          // The discard port: it wants somewhere to notify.
          '-notifier.url=http://127.0.0.1:9',
          '-evaluationInterval=1s',
          // Says whose it is: its flags are shown over HTTP.
          `-external.label=folder=${await realpath(dataDir)}`,
        ],
        cwd: dataDir,
      }),
      async probe(port, dataDir) {
        await httpProbe(`http://127.0.0.1:${port}/health`);
        if (!(await httpProbe(`http://127.0.0.1:${port}/flags`)).includes(await realpath(dataDir)))
          throw new Error(`another vmalert answers on port ${port}`);
      },
    },
    options,
  );
  const url = `http://127.0.0.1:${server.port}`;
  return Object.assign(server, { url, reloadUrl: `${url}/-/reload` });
}
