import type { RowContext } from '../row';
import { SidecarStand } from './sidecar-stand';
import { TamperingProxy } from './tampering-proxy';

/** A stand whose sidecar reaches AlertAgent through a proxy that can spoil downloads and reads reports. */
export async function sceneBehindProxy(
  context: RowContext,
  env: NodeJS.ProcessEnv = {},
): Promise<{ scene: SidecarStand; proxy: TamperingProxy }> {
  let proxy: TamperingProxy | undefined;
  const scene = await SidecarStand.start(context, {
    env,
    between: async (server, port) => {
      if (server !== 'gateway') return port;
      const started = await TamperingProxy.start(port);
      context.later(() => started.close());
      proxy = started;
      return started.port;
    },
  });
  if (!proxy) throw new Error('the proxy was not started');
  return { scene, proxy };
}
