import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { keyFingerprint } from '../src/key-fingerprint';
import { derOf, statement } from './fake-config-service';
import { ruleText } from './rule-text';
import type { SidecarReport } from '../src/progress';
import { Scene } from './scene';
import { until } from './until';

const text = (version: number): string => ruleText([{ name: 'Alpha', version }]);
const thief = generateKeyPairSync('ed25519');

interface StoredTrust {
  key: string;
  keyChain: unknown[];
  retiredKeys: string[];
}

describe('a signing key that is replaced, with a real Prometheus', () => {
  let scene: Scene;

  beforeEach(async () => {
    scene = new Scene();
    await scene.centre.start();
    await scene.startTarget();
  });

  afterEach(() => scene.close());

  const state = (): StoredTrust =>
    JSON.parse(
      readFileSync(`${scene.directory}/rules/.alertagent.rules.yml.alertagent-state.json`, 'utf8'),
    ) as StoredTrust;
  const key = (): string => derOf(scene.centre.signingKeys.publicKey);
  const trusted = (expected: string): Promise<true> =>
    until(
      () => `the key to be trusted; it is ${state().key}`,
      () => (state().key === expected ? true : undefined),
    );
  const toldOf = (keys: SidecarReport['keys'], after = 0): Promise<true> =>
    until(
      () => `a report of the keys ${JSON.stringify(keys)}`,
      () =>
        scene.centre.reports.slice(after).some((report) => JSON.stringify(report.keys) === JSON.stringify(keys))
          ? true
          : undefined,
    );
  const start = async (env: Record<string, string> = {}): Promise<ReturnType<Scene['startSidecar']>> => {
    const sidecar = scene.startSidecar({ SYNC_INTERVAL: '2s', ...env });
    scene.centre.publish(1, text(1));
    await scene.reported('live', 1);
    return sidecar;
  };

  it('is followed without a restart, before anything new is signed with it, and no reload is made for it', async () => {
    await start();
    const [former, reloadedAt] = [key(), await scene.lastReload()];
    scene.centre.rotateKey();
    await trusted(key());
    expect(state()).toMatchObject({ keyChain: scene.centre.statements, retiredKeys: [former] });
    expect(await scene.lastReload()).toBe(reloadedAt);
    scene.centre.publish(2, text(2));
    await scene.reported('live', 2);
    expect(scene.centre.reported('failed')).toEqual([]);
    expect(await scene.loadedRules()).toEqual(['Alpha@2']);
  });

  it('is told: what is trusted, what the file was verified with, and what was set', async () => {
    const set = derOf(scene.centre.signingKeys.publicKey);
    await start({ ALERTAGENT_CONFIG_PUBLIC_KEY: set });
    const told = (): unknown => scene.centre.reports.at(-1)?.keys;
    const first = keyFingerprint(set);
    expect(scene.centre.reports[0]?.keys).toMatchObject({ trusted: first, revision: null, set: first });
    expect(told()).toEqual({ trusted: first, revision: first, set: first });
    scene.centre.rotateKey();
    const second = keyFingerprint(key());
    // The file is still the one that the former key signed.
    await toldOf({ trusted: second, revision: first, set: first });
    scene.centre.publish(2, text(2));
    await scene.reported('live', 2);
    expect(told()).toEqual({ trusted: second, revision: second, set: first });
  });

  it('is told over a restart, and none is before the first download', async () => {
    const idle = scene.startSidecar({ SYNC_INTERVAL: '2s' });
    await toldOf({ trusted: null, revision: null, set: null });
    await idle.stop();
    const first = await start();
    await first.stop();
    const seen = scene.centre.reports.length;
    await scene.centre.stop();
    scene.startSidecar({ SYNC_INTERVAL: '2s' });
    await scene.centre.start();
    const own = keyFingerprint(key());
    await toldOf({ trusted: own, revision: own, set: null }, seen);
  });

  it('is followed over all rotations that were slept through, and remembered over restarts', async () => {
    const first = await start();
    await first.stop();
    for (let time = 0; time < 3; time += 1) scene.centre.rotateKey();
    scene.centre.publish(2, text(2));
    const second = scene.startSidecar({ SYNC_INTERVAL: '2s' });
    await scene.reported('live', 2);
    expect(state()).toMatchObject({ key: key(), keyChain: scene.centre.statements });
    expect(state().retiredKeys).toHaveLength(3);
    await second.stop();
    // What led here is not needed again.
    scene.centre.statements = [];
    scene.centre.publish(3, text(3));
    scene.startSidecar({ SYNC_INTERVAL: '2s' });
    await scene.reported('live', 3);
  });

  it('is followed from the key that was set, which need not be set anew', async () => {
    const set = { ALERTAGENT_CONFIG_PUBLIC_KEY: key() };
    scene.centre.rotateKey();
    scene.centre.rotateKey();
    const first = await start(set);
    expect(state().key).toBe(key());
    await first.stop();
    scene.centre.statements = [];
    scene.centre.publish(2, text(2));
    scene.startSidecar({ SYNC_INTERVAL: '2s', ...set });
    await scene.reported('live', 2);
  });

  it('is refused while what is trusted has not signed for it', async () => {
    await start();
    const former = key();
    const theirs = derOf(thief.publicKey);
    scene.centre.signingKeys = thief;
    scene.centre.statements = [{ ...statement(thief, thief.publicKey), previous: former, key: theirs }];
    scene.centre.publish(2, text(2));
    expect((await scene.reported('failed', 1)).reason).toMatch(/another key .* no statement of that one leads to it/);
    expect(state()).toMatchObject({ key: former, retiredKeys: [] });
    expect([scene.file, await scene.loadedRules()]).toEqual([text(1), ['Alpha@1']]);
  });

  it('is never gone back from: neither a newer revision nor a statement brings a retired key back, also after a restart', async () => {
    const first = await start();
    const [retired, chain] = [scene.centre.signingKeys, scene.centre.statements];
    scene.centre.rotateKey();
    const [current, toCurrent] = [scene.centre.signingKeys, [...chain]];
    await trusted(derOf(current.publicKey));

    scene.centre.signingKeys = retired;
    scene.centre.statements = [...toCurrent, statement(current, retired.publicKey)];
    scene.centre.publish(9, text(9));
    expect((await scene.reported('failed', 1)).reason).toMatch(/a key that was retired/);
    await first.stop();
    // The old chain again, in which a thief of the retired key names another successor.
    scene.centre.signingKeys = thief;
    scene.centre.statements = [statement(retired, thief.publicKey)];
    const seen = scene.centre.reports.length;
    scene.startSidecar({ SYNC_INTERVAL: '2s' });
    expect((await scene.reported('failed', 1, seen)).reason).toMatch(/another key/);
    expect(state().key).toBe(derOf(current.publicKey));
    expect(await scene.loadedRules()).toEqual(['Alpha@1']);
  });
});
