import { setPriority } from 'node:os';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { loadConfiguration } from '../configuration/load-configuration';
import { createLogger } from '../logging/logger';
import { createService } from '../service/create-service';
import type { ServiceDefinition } from '../service/service-definition';
import type { FromBackground, ToBackground } from './background-thread';
import { ThreadPartLink } from './part-link';

/** Between the edge's and that of programs that may starve. */
const PRIORITY = 5;

/**
 * The main of the thread that {@link BackgroundThread} starts. What goes wrong here ends the thread and so the process: its supervisor
 * starts a fresh one.
 */
export async function runBackground(definition: ServiceDefinition): Promise<void> {
  if (isMainThread || parentPort === null) throw new Error('this file is the background thread of a service');
  // On Linux this is about the calling thread alone: when both want the processor, callers come first.
  if (process.platform === 'linux') setPriority(PRIORITY);
  const port = parentPort;
  const tell = (message: FromBackground): void => port.postMessage(message);
  const config = loadConfiguration({ env: process.env });
  const log = createLogger({ service: definition.name, config: config.logging });
  const link = new ThreadPartLink((workerData as { memory: SharedArrayBuffer }).memory, port);
  // Heard from the beginning: a process that is told to stop may still be starting.
  const told = new Promise<void>((stop) => {
    port.on('message', (message: ToBackground) => {
      if (message.kind === 'ring') link.rung(message);
      else if (message.kind === 'stop') stop();
      else
        void service.then(async ({ metrics }) => {
          tell({ kind: 'metrics', question: message.question, metrics: await metrics.snapshot() });
        });
    });
  });
  const service = createService(definition, { config, log, part: 'background', link });
  await service;
  tell({ kind: 'ready' });
  await told;
  await (await service).close();
  port.close();
}
