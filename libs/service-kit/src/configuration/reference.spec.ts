import { environmentTable } from './environment';
import { describeConfiguration, renderReference } from './reference';

describe('the configuration reference', () => {
  it('explains every setting in a sentence', () => {
    const unexplained = describeConfiguration().filter(({ doc }) => !/[.…]`?$/.test(doc));
    expect(unexplained).toEqual([]);
  });

  it('shows keys, variables and defaults as an operator writes them', () => {
    expect(describeConfiguration()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ key: 'server.port', env: 'ALERTAGENT_HTTP_PORT', type: 'integer', default: '8080' }),
        expect.objectContaining({ key: 'gateway.convergence.window', type: 'duration', default: '5m' }),
        expect.objectContaining({ key: 'alertmanager.clusters[].name', required: true }),
        expect.objectContaining({ key: 'dify.api_key', secret: true, default: undefined }),
      ]),
    );
    expect(renderReference()).toContain('| `gateway.convergence.window` |  | duration | `5m` |');
  });

  it('reads each environment variable into one key only', () => {
    const variables = describeConfiguration().flatMap(({ env }) => env ?? []);
    expect(new Set(variables).size).toBe(variables.length);
    expect(environmentTable().get('ALERTAGENT_NATS_PASSWORD_FILE')).toBe('nats.password_file');
  });
});
