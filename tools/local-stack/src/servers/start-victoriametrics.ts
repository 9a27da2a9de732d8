import { join } from 'node:path';
import { ensureBinaries } from '../binaries/ensure-binaries';
import { httpProbe } from '../processes/http-probe';
import type { RunningServer, ServerOptions } from '../processes/running-server';
import { startServer } from '../processes/start-server';

/** A running single-node VictoriaMetrics. */
export interface VictoriametricsServer extends RunningServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
}

/** Starts VictoriaMetrics on 127.0.0.1, installing it first if this machine has none. Errors: it does not start; the message has its last lines. */
export async function startVictoriametrics(options: ServerOptions = {}): Promise<VictoriametricsServer> {
  const { 'victoria-metrics': file } = await ensureBinaries(['victoria-metrics']);
  const server = await startServer(
    {
      name: 'victoria-metrics',
      command: (port, dataDir) => ({
        file,
        args: [
          `-httpListenAddr=127.0.0.1:${port}`,
          `-storageDataPath=${join(dataDir, 'data')}`,
          '-memory.allowedBytes=64MB',
        ],
        cwd: dataDir,
      }),
      async probe(port, dataDir) {
        await httpProbe(`http://127.0.0.1:${port}/health`);
        // Its folder tells ours from a stranger that had the port before.
        if (!(await httpProbe(`http://127.0.0.1:${port}/flags`)).includes(dataDir))
          throw new Error(`another VictoriaMetrics answers on port ${port}`);
      },
    },
    options,
  );
  return Object.assign(server, { url: `http://127.0.0.1:${server.port}` });
}
