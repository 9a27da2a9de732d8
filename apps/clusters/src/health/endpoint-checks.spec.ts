import { Clock, type Logger } from '@alertagent/service-kit';
import type { DataSource } from 'typeorm';
import type { ClustersStore } from '../clusters/clusters.store';
import type { EndpointCheck, EndpointLook } from './endpoint-check';
import { EndpointChecks } from './endpoint-checks';
import type { EndpointResults } from './endpoint-results';

class SetClock extends Clock {
  time = Date.parse('2030-01-01T00:00:00Z');
  now(): Date {
    return new Date(this.time);
  }
}

const settings = { sync_interval: '30s', health_check_interval: '10s', retry_attempts: 3 };
const WELL = 'http://well';

/** Checks of made-up addresses: what hangs is answered when the test says so. */
class Addresses {
  readonly clock = new SetClock();
  /** Who was asked since this was emptied last. */
  asked: string[] = [];
  private held: (() => void)[] = [];
  readonly checks: EndpointChecks;

  constructor(hanging: number) {
    const clusters = [
      ...Array.from({ length: hanging }, (_, index) => ({
        id: `h${index}`,
        endpoint: `http://hangs${index}`,
        settings,
      })),
      { id: 'well', endpoint: WELL, settings },
      { id: 'none', endpoint: null, settings },
    ];
    const look = (endpoint: string): Promise<EndpointLook> => {
      this.asked.push(endpoint);
      if (endpoint === WELL) return Promise.resolve({ healthy: true, reason: null, responseMs: 1 });
      const late: EndpointLook = { healthy: false, reason: 'no complete answer', responseMs: null };
      return new Promise((resolve) => this.held.push(() => resolve(late)));
    };
    const log = { component: () => log, warn: () => undefined };
    this.checks = new EndpointChecks(
      { manager: {} } as DataSource,
      { list: () => Promise.resolve(clusters) } as unknown as ClustersStore,
      { look } as unknown as EndpointCheck,
      { take: () => Promise.resolve() } as unknown as EndpointResults,
      this.clock,
      log as unknown as Logger,
    );
  }

  async passes(ms: number): Promise<void> {
    this.clock.time += ms;
    await this.checks.tick();
    await new Promise(setImmediate);
  }

  /** The deadline of everything that hangs. */
  async giveUp(): Promise<void> {
    for (const answer of this.held.splice(0)) answer();
    await new Promise(setImmediate);
  }
}

describe('the checks of addresses', () => {
  it('come once per interval, and never twice at once for one address', async () => {
    const addresses = new Addresses(1);
    await addresses.passes(0);
    addresses.asked = [];
    for (let second = 0; second < 100; second += 1) await addresses.passes(1_000);
    expect(addresses.asked.filter((endpoint) => endpoint === WELL)).toHaveLength(10);
    expect(addresses.asked.filter((endpoint) => endpoint !== WELL)).toHaveLength(1);
  });

  it('of addresses that answer are on time from the first moment on, however many others hang', async () => {
    const addresses = new Addresses(200);
    await addresses.passes(0);
    const gaps: number[] = [];
    let asked = addresses.clock.time;
    for (let step = 0; step < 400; step += 1) {
      await addresses.passes(250);
      if (!addresses.asked.includes(WELL)) continue;
      gaps.push(addresses.clock.time - asked);
      asked = addresses.clock.time;
      addresses.asked = [];
    }
    expect(gaps.length).toBeGreaterThanOrEqual(9);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(11_000);
  });

  it('of addresses that did not answer wait for each other', async () => {
    const addresses = new Addresses(200);
    await addresses.passes(0);
    for (let round = 0; round < 30; round += 1) {
      await addresses.passes(10_000);
      await addresses.giveUp();
    }
    addresses.asked = [];
    for (let round = 0; round < 5; round += 1) await addresses.passes(10_000);
    expect(addresses.asked.filter((endpoint) => endpoint !== WELL)).toHaveLength(24);
    expect(addresses.asked.filter((endpoint) => endpoint === WELL)).toHaveLength(5);
  });
});
