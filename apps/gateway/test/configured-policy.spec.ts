import { AlertAgentConfig, Clock, inTransaction } from '@alertagent/service-kit';
import { PolicyStore } from '../src/policies/policy-store';
import { SuppressionsStore } from '../src/suppressions/suppressions.store';
import { AlertStand, DATABASES } from './alert-stand';
import { changePolicy } from './policy-requests';

/** The configuration with other values for the gateway. */
function withGateway(config: AlertAgentConfig, changes: Partial<AlertAgentConfig['gateway']>): AlertAgentConfig {
  const gateway = Object.assign(Object.create(config.gateway) as AlertAgentConfig['gateway'], changes);
  return Object.create(config, { gateway: { value: gateway } }) as AlertAgentConfig;
}

describe.each(DATABASES)('the policy of the configuration file, on %s', (kind) => {
  let stand: AlertStand;
  beforeEach(async () => {
    stand = await AlertStand.start(kind);
  }, 120_000);
  afterEach(() => stand?.stop(), 30_000);

  /** What a gateway that was started with these settings takes for the policy, asked twice. */
  async function taken(
    changes: Partial<AlertAgentConfig['gateway']>,
  ): Promise<{ version: number; storm: number; window: string }> {
    const config = withGateway(stand.service.get(AlertAgentConfig), changes);
    const store = new PolicyStore(config, stand.service.get(SuppressionsStore), stand.service.get(Clock));
    await inTransaction(stand.database, (tx) => store.currentVersion(tx));
    const version = await inTransaction(stand.database, (tx) => store.currentVersion(tx));
    const { policy } = await inTransaction(stand.database, (tx) => store.snapshot(tx, version));
    return { version, storm: policy.storm.alerts, window: policy.convergence[0]!.window };
  }

  const suppression = { enabled: true, rules: [{ name: 'n', condition: "labels.a == 'b'", duration: 1000 }] };

  it('leaves the policy of people alone when only its suppressions change', async () => {
    const { version } = await changePolicy(stand, (policy) => ({ ...policy, storm: { ...policy.storm, alerts: 77 } }));
    expect(await taken({ suppression })).toMatchObject({ version: version + 1, storm: 77 });
    expect(await taken({ suppression })).toMatchObject({ version: version + 1, storm: 77 });
  });

  it('counts until the first change by people', async () => {
    // The gateway that runs has taken its own file for good.
    for (let look = 0; look < 2; look += 1) await stand.get('/policies');
    const { convergence } = stand.service.get(AlertAgentConfig).gateway;
    const changed = { convergence: { ...convergence, window: 60_000 } };
    expect(await taken(changed)).toMatchObject({ window: '1m' });
    expect(await taken({ ...changed, suppression })).toMatchObject({ window: '1m' });
    await changePolicy(stand, (policy) => ({ ...policy, storm: { ...policy.storm, alerts: 77 } }));
    expect(await taken({ suppression })).toMatchObject({ window: '1m', storm: 77 });
  });

  it('is taken once when many look at it for the first time at the same moment', async () => {
    const config = withGateway(stand.service.get(AlertAgentConfig), { suppression });
    const starting = Array.from({ length: 8 }, () => {
      const store = new PolicyStore(config, stand.service.get(SuppressionsStore), stand.service.get(Clock));
      return inTransaction(stand.database, (tx) => store.currentVersion(tx));
    });
    expect(new Set(await Promise.all(starting)).size).toBe(1);
  });
});
