import { Metrics } from '@alertagent/service-kit';
import { TestClock } from '../../test/test-clock';
import { ConfigMetrics } from '../config-metrics';
import type { Revision } from '../revisions/revision';
import type { RevisionsStore } from '../revisions/revisions.store';
import type { ConfigSigner } from '../signing/config-signer';
import { LongPolls } from './long-polls';
import { ServedRevisions } from './served-revisions';

const key = { clusterId: 'c1', type: 'prometheus-rules' as const };

const row = (revision: number, change: Partial<Revision> = {}): Revision => ({
  id: `id-${revision}`,
  ...key,
  revision,
  status: 'published',
  reason: null,
  content: `# ${revision}`,
  hash: String(revision).repeat(64),
  bytes: 3,
  rules: 0,
  manifest: [],
  emptyConfirmed: false,
  confirmedFrom: null,
  removalSignature: null,
  restores: null,
  signature: 'signature',
  keyId: 'key',
  createdAt: new Date(0),
  ...change,
});

function setUp(stored: () => Promise<Revision | null>) {
  const clock = new TestClock();
  const polls = new LongPolls(new ConfigMetrics(new Metrics({ namespace: 'test', processMetrics: false })));
  const store = { served: stored } as unknown as RevisionsStore;
  const signer = {
    publicKey: () => Promise.resolve('public'),
    renew: <T>(signed: T) => signed,
  } as unknown as ConfigSigner;
  return { clock, polls, served: new ServedRevisions(store, signer, polls, clock) };
}

describe('served revisions', () => {
  it('are read from the database once and from memory ever after', async () => {
    let reads = 0;
    const { served } = setUp(() => Promise.resolve(row((reads += 1))));
    await served.current(key);
    expect((await served.current(key))?.served.revision).toBe(1);
  });

  it('do not go back when a slow read ends after a publication', async () => {
    const { served } = setUp(() => Promise.resolve(row(1)));
    await served.publish(row(2));
    await served.load(key);
    expect((await served.current(key))?.served.revision).toBe(2);
  });

  it('grow old until the database confirms them by their number', async () => {
    const { clock, served } = setUp(() => Promise.resolve(row(1)));
    await served.current(key);
    clock.advance(9_000);
    served.confirm(key, 2);
    expect((await served.current(key))?.ageMs).toBe(9_000);
    served.confirm(key, 1);
    expect((await served.current(key))?.ageMs).toBe(0);
  });

  it('are forgotten when nobody asks for them, and only then', async () => {
    const { clock, served } = setUp(() => Promise.resolve(row(1)));
    await served.current(key);
    clock.advance(6 * 60_000);
    await served.current(key);
    clock.advance(6 * 60_000);
    served.forgetUnasked();
    expect(served.known()).toEqual([key]);
    clock.advance(6 * 60_000);
    served.forgetUnasked();
    expect(served.known()).toEqual([]);
  });

  it('are never made of a refused revision', async () => {
    const { served } = setUp(() => Promise.resolve(null));
    await expect(served.publish(row(1, { status: 'refused' }))).rejects.toThrow('never published');
  });
});
