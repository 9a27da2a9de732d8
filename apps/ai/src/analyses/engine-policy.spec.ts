import { AlertAgentConfig } from '@alertagent/service-kit';
import { EnginePolicy, MAX_ATTEMPTS } from './engine-policy';

function policy({ n8n = true }: { n8n?: boolean } = {}): EnginePolicy {
  const config = new AlertAgentConfig();
  if (n8n) config.n8n.endpoint = 'http://n8n:5678';
  return new EnginePolicy(config);
}

describe('the next step of an analysis', () => {
  it('is the workflow in n8n when there is one, else the built-in workflow', () => {
    const fresh = { engine: null, status: 'pending', attempts: 0 } as const;
    expect(policy().nextStep(fresh)).toEqual({ kind: 'start-workflow' });
    expect(policy({ n8n: false }).nextStep(fresh)).toEqual({ kind: 'run-built-in' });
  });

  it('is the built-in workflow when the callback is overdue, n8n is gone from the configuration, or workers die on the call', () => {
    const falls = { kind: 'fall-back', lost: expect.any(String), reason: expect.any(String) };
    expect(policy().nextStep({ engine: 'n8n', status: 'processing', attempts: 1 })).toEqual(falls);
    expect(policy({ n8n: false }).nextStep({ engine: 'n8n', status: 'pending', attempts: 1 })).toEqual(falls);
    expect(policy().nextStep({ engine: 'n8n', status: 'pending', attempts: MAX_ATTEMPTS })).toEqual(falls);
  });

  it('is to call people when workers die on the built-in workflow', () => {
    expect(policy().nextStep({ engine: 'built-in', status: 'processing', attempts: MAX_ATTEMPTS })).toMatchObject({
      kind: 'give-up',
    });
  });

  it('is held longer than its call can take', () => {
    const config = new AlertAgentConfig();
    config.dify.endpoint = 'http://dify';
    const made = new EnginePolicy(config);
    expect(made.leaseMs({ kind: 'start-workflow' })).toBeGreaterThan(config.n8n.timeout);
    expect(made.leaseMs({ kind: 'run-built-in' })).toBeGreaterThan(config.dify.timeout);
  });

  it('comes after pauses that grow', () => {
    const pauses = [1, 2, 3].map((attempts) => policy().pauseMs(attempts));
    expect(pauses[1]).toBeGreaterThan(pauses[0]!);
    expect(pauses[2]).toBeGreaterThan(pauses[1]!);
    expect(pauses[2]).toBeLessThan(11_000);
  });
});
