import { readSettings } from './settings';

describe('settings of the MCP server', () => {
  it('need a token for standard input and output, and none for HTTP, where callers bring theirs', () => {
    expect(() => readSettings([], {})).toThrow(/no token/);
    expect(readSettings([], { ALERTAGENT_TOKEN: 'aat_x' })).toMatchObject({ token: 'aat_x', http: null });
    const http = { host: '::1', port: 8077, allowedHosts: ['[::1]:8077', 'mcp.example'], allowedOrigins: [] };
    const argv = ['--http', '[::1]:8077', '--allow-host', 'mcp.example'];
    expect(readSettings(argv, { ALERTAGENT_TOKEN: 'aat_x' })).toMatchObject({ token: null, http });
  });

  it('offer writing only when told', () => {
    const env = { ALERTAGENT_TOKEN: 'aat_x' };
    expect(readSettings([], env)).toMatchObject({ allowWrites: false });
    expect(readSettings(['--allow-writes'], env)).toMatchObject({ allowWrites: true });
  });

  it('say what is wrong with them', () => {
    const env = { ALERTAGENT_TOKEN: 'aat_x' };
    expect(() => readSettings(['--nope'], env)).toThrow(/nope/);
    expect(() => readSettings(['--http', 'x'], env)).toThrow(/host:port/);
    expect(() => readSettings([], { ...env, ALERTAGENT_URL: 'http://user@host' })).toThrow(/without a user name/);
    expect(() => readSettings([], { ALERTAGENT_TOKEN: 'two words' })).toThrow(/characters/);
    expect(() => readSettings([], { ALERTAGENT_TOKEN_FILE: '/nowhere' })).toThrow(/cannot be read/);
    expect(readSettings(['--help'], {})).toBeNull();
  });
});
