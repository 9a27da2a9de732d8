import { EventEmitter, once } from 'node:events';
import { ConfigurationError } from '../configuration/configuration-error';
import { loadConfiguration } from '../configuration/load-configuration';
import { LoggingSettings } from '../configuration/observability.settings';
import { createLogger } from '../logging/logger';
import { Readiness } from '../ops/readiness';
import { exitOnConfigurationError } from './exit-on-configuration-error';
import { drainMsOf, installShutdown, type ShutdownOptions } from './install-shutdown';

class FakeProcess extends EventEmitter {
  readonly codes: number[] = [];
  exit(code: number): void {
    this.codes.push(code);
    this.emit('exited');
  }
}

function install(options: Partial<ShutdownOptions> = {}) {
  const fake = new FakeProcess();
  const readiness = new Readiness();
  readiness.started();
  const lines: string[] = [];
  const log = createLogger({
    service: 'rules',
    config: new LoggingSettings(),
    destination: { write: (line: string) => void lines.push(line) },
  });
  const shutdown = installShutdown({
    app: { close: async () => undefined },
    readiness,
    log,
    process: fake,
    ...options,
  });
  return { fake, readiness, shutdown, text: () => lines.join('') };
}

describe('shutting down', () => {
  it.each(['SIGTERM', 'SIGINT'])('on %s is first not ready, then closes, then exits with 0', async (signal) => {
    const seen: string[] = [];
    const { fake, readiness } = install({
      app: { close: async () => void seen.push((await readinessNow()).status) },
    });
    const readinessNow = () => readiness.report();
    expect((await readiness.report()).status).toBe('healthy');
    fake.emit(signal, signal);
    await once(fake, 'exited');
    expect(seen).toEqual(['unhealthy']);
    expect(fake.codes).toEqual([0]);
  });

  it('keeps serving for the drain time before it closes', async () => {
    let closed = false;
    const { fake, readiness } = install({ drainMs: 20, app: { close: async () => void (closed = true) } });
    fake.emit('SIGTERM', 'SIGTERM');
    expect([(await readiness.report()).status, closed]).toEqual(['unhealthy', false]);
    await once(fake, 'exited');
    expect(closed).toBe(true);
  });

  it('exits with 1 when closing hangs beyond its time', async () => {
    const { fake, text } = install({ timeoutMs: 10, app: { close: () => new Promise(() => undefined) } });
    fake.emit('SIGTERM', 'SIGTERM');
    await once(fake, 'exited');
    expect(fake.codes).toEqual([1]);
    expect(text()).toContain('Shutting down took too long');
  });

  it('exits with 1 when closing fails', async () => {
    const { fake, text } = install({ app: { close: () => Promise.reject(new Error('pool')) } });
    fake.emit('SIGTERM', 'SIGTERM');
    await once(fake, 'exited');
    expect(fake.codes).toEqual([1]);
    expect(text()).toContain('Shutting down failed');
  });

  it('exits at once on the second signal', () => {
    const { fake, shutdown } = install({ app: { close: () => new Promise(() => undefined) }, timeoutMs: 60_000 });
    fake.emit('SIGTERM', 'SIGTERM');
    expect(fake.codes).toEqual([]);
    fake.emit('SIGINT', 'SIGINT');
    expect(fake.codes).toEqual([1]);
    shutdown.uninstall();
  });

  it.each(['uncaughtException', 'unhandledRejection'])('logs an %s and exits with 1', (event) => {
    const { fake, text } = install();
    fake.emit(event, new Error('lost'));
    expect(fake.codes).toEqual([1]);
    expect(text()).toContain('lost');
  });

  it('closes once, however often it is asked to', async () => {
    let closed = 0;
    const { fake, shutdown } = install({ app: { close: async () => void closed++ } });
    await Promise.all([shutdown.stop('a'), shutdown.stop('b')]);
    expect([closed, fake.codes]).toEqual([1, [0]]);
  });

  it('drains in production only', () => {
    expect([drainMsOf('embedded'), drainMsOf('production')]).toEqual([0, 5_000]);
  });
});

describe('a wrong configuration', () => {
  const exit = () => {
    const written: string[] = [];
    return {
      written,
      write: (text: string) => void written.push(text),
      exit: (code: number): never => {
        throw new Error(`exit ${code}`);
      },
    };
  };

  it('is explained to whoever starts the program, which ends with 78', () => {
    const fake = exit();
    const load = () => loadConfiguration({ env: { ALERTAGENT_HTTP_PORT: 'x' }, cwd: '/nonexistent' });
    expect(load).toThrow(ConfigurationError);
    expect(() => exitOnConfigurationError(load, fake)).toThrow('exit 78');
    expect(fake.written.join('')).toContain(
      'server.port (environment ALERTAGENT_HTTP_PORT): expected a whole number\n',
    );
  });

  it('is not confused with a mistake of ours', () => {
    const broken = () => {
      throw new TypeError('ours');
    };
    expect(() => exitOnConfigurationError(broken, exit())).toThrow(TypeError);
  });
});
