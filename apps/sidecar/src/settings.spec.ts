import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatGoDuration, parseGoDuration } from './go-duration';
import { readSettings, SettingsError } from './settings';

describe('settings', () => {
  let directory: string;
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'alertagent-settings-'))));
  afterEach(() => rmSync(directory, { recursive: true }));

  const env = (changes: Record<string, string | undefined> = {}): Record<string, string | undefined> => ({
    ALERTAGENT_ENDPOINT: 'http://alertagent:8080/',
    ALERTAGENT_TOKEN: 'secret-token',
    CLUSTER_ID: 'local',
    CONFIG_TYPE: 'prometheus',
    CONFIG_PATH: directory,
    RELOAD_URL: 'http://prometheus:9090/-/reload',
    ...changes,
  });
  const problemsOf = (changes: Record<string, string | undefined>): readonly string[] => {
    try {
      readSettings(env(changes));
    } catch (error) {
      if (error instanceof SettingsError) return error.problems;
    }
    return [];
  };

  it('names the file in a directory after the type and defaults the rest', () => {
    expect(readSettings(env())).toMatchObject({
      type: 'prometheus-rules',
      configPath: join(directory, 'alertagent.rules.yml'),
      syncIntervalMs: 30_000,
      pinnedKey: null,
    });
    expect(readSettings(env({ CONFIG_TYPE: 'alertmanager-config' })).configPath).toBe(
      join(directory, 'alertmanager.yml'),
    );
    expect(readSettings(env()).member).toMatch(/:9090$/);
  });

  it('lists every problem at once and never repeats the token', () => {
    const everything = problemsOf({
      ALERTAGENT_ENDPOINT: 'ftp://x',
      CLUSTER_ID: '',
      CONFIG_TYPE: 'nagios',
      RELOAD_URL: 'http://x/reload',
      SYNC_INTERVAL: '30',
      ALERTAGENT_TOKEN: 'two words',
      ALERTAGENT_CONFIG_PUBLIC_KEY: 'abc',
    });

    expect(everything).toHaveLength(7);
    expect(everything.join()).not.toContain('two words');
  });

  it.each([
    ['a directory that does not exist', { CONFIG_PATH: '/nonexistent/rules.yml' }, /does not exist/],
    ['a token given twice', { ALERTAGENT_TOKEN_FILE: '/x' }, /both set/],
    [
      'a token file that cannot be read',
      { ALERTAGENT_TOKEN: undefined, ALERTAGENT_TOKEN_FILE: '/nonexistent' },
      /cannot be read/,
    ],
    ['an interval of no time', { SYNC_INTERVAL: '0s' }, /between/],
  ])('refuses %s', (_what, changes, problem) => {
    expect(problemsOf(changes)).toEqual([expect.stringMatching(problem)]);
  });

  it('reads the token from a file and accepts an Ed25519 key to pin', () => {
    writeFileSync(join(directory, 'token'), 'from-file\n');
    const key = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
    const settings = readSettings(
      env({
        ALERTAGENT_TOKEN: undefined,
        ALERTAGENT_TOKEN_FILE: join(directory, 'token'),
        ALERTAGENT_CONFIG_PUBLIC_KEY: key,
      }),
    );
    expect(settings).toMatchObject({ token: 'from-file', pinnedKey: key });
  });

  it('follows a link to the file so that a rename does not replace the link', () => {
    writeFileSync(join(directory, 'real.yml'), '');
    symlinkSync(join(directory, 'real.yml'), join(directory, 'link.yml'));
    expect(readSettings(env({ CONFIG_PATH: join(directory, 'link.yml') })).configPath).toBe(
      join(directory, 'real.yml'),
    );
  });

  it('reads durations as Go writes them and writes them back', () => {
    expect(['30s', '1m30s', '500ms', '1.5h', '0s'].map(parseGoDuration)).toEqual([30_000, 90_000, 500, 5_400_000, 0]);
    expect(['', '30', '-5s', '1d', 's', '1m 30s'].map(parseGoDuration)).toEqual([null, null, null, null, null, null]);
    expect([30_000, 90_000, 1_500].map(formatGoDuration)).toEqual(['30s', '90s', '1500ms']);
  });

  it('takes several targets, an arrival time and a ConfigMap with the transports that have them', () => {
    expect(readSettings(env())).toMatchObject({ transport: 'file', arrivalMs: 0, configMap: null });
    const several = 'http://one:9090/-/reload, http://two:9090/-/reload';
    const shared = readSettings(env({ TRANSPORT: 'shared-directory', RELOAD_URL: several }));
    expect(shared.reloadUrls.map(({ host }) => host)).toEqual(['one:9090', 'two:9090']);
    expect(shared).toMatchObject({ arrivalMs: 90_000, member: expect.stringContaining(':9090') as string });
    const inPod = { TRANSPORT: 'configmap', KUBERNETES_SERVICE_HOST: '10.0.0.1', CONFIGMAP: 'monitoring/rules' };
    expect(readSettings(env({ ...inPod, ARRIVAL_TIMEOUT: '5m' }))).toMatchObject({
      arrivalMs: 300_000,
      configMap: { namespace: 'monitoring', name: 'rules' },
    });
  });

  it.each([
    [{ TRANSPORT: 'push' }, /TRANSPORT is neither/],
    [{ ARRIVAL_TIMEOUT: '1m' }, /ARRIVAL_TIMEOUT is for/],
    [{ CONFIGMAP: 'a/b' }, /CONFIGMAP is set/],
    [{ RELOAD_URL: 'http://a/-/reload,http://b/-/reload' }, /names several targets/],
    [{ TRANSPORT: 'shared-directory', RELOAD_URL: 'http://a/-/reload,http://a/-/reload' }, /names a target twice/],
    [{ TRANSPORT: 'shared-directory', RELOAD_URL: 'http://a/-/reload,' }, /RELOAD_URL/],
    [{ TRANSPORT: 'configmap', CONFIGMAP: 'a/b' }, /needs a Kubernetes/],
    [{ TRANSPORT: 'configmap', KUBECONFIG: '/k', CONFIGMAP: 'only-a-name' }, /CONFIGMAP is not/],
    [{ TRANSPORT: 'configmap', KUBECONFIG: '/k', CONFIGMAP: 'a/../secrets/b' }, /CONFIGMAP is not/],
  ])('refuses %j', (changes, message) => {
    expect(problemsOf(changes).join('; ')).toMatch(message);
  });
});
