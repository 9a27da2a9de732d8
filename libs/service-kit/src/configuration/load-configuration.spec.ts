import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from './configuration-error';
import { loadConfiguration } from './load-configuration';
import type { AlertAgentConfig } from './alertagent-config';

const CANARY = 'canary-5f2c9e';

/** The example of the original design, §6.1, word for word. */
const ORIGINAL_EXAMPLE = readFileSync(join(__dirname, 'original-example.yml'), 'utf8');

describe('loading the configuration', () => {
  let directory: string;
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'alertagent-configuration-'))));
  afterEach(() => rmSync(directory, { recursive: true }));

  function write(name: string, text: string): string {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  }

  function load(yaml: string | undefined, env: NodeJS.ProcessEnv = {}): AlertAgentConfig {
    if (yaml !== undefined) write('alertagent.yml', yaml);
    return loadConfiguration({ env, cwd: directory });
  }

  function problems(yaml: string | undefined, env: NodeJS.ProcessEnv = {}): string {
    try {
      load(yaml, env);
    } catch (error) {
      if (error instanceof ConfigurationError) return error.message;
      throw error;
    }
    throw new Error('the configuration was accepted');
  }

  it('accepts the example of the original design as it is', () => {
    const config = load(ORIGINAL_EXAMPLE);
    expect(config.server.mode).toBe('production');
    expect(config.alertmanager.clusters.map(({ name, sync_interval }) => [name, sync_interval])).toEqual([
      ['production', 30_000],
      ['staging', 60_000],
    ]);
    expect(config.gateway.convergence.window).toBe(300_000);
    expect(config.gateway.suppression.rules[0]?.duration).toBe(7_200_000);
    expect(config.gateway.routing.rules[1]?.match).toEqual({ team: 'platform' });
    expect(config.database.connectionUrl()).toBe('mysql://alertagent:password@mysql:3306/alertagent');
    expect(config.database.redis.connectionUrl()).toBe('redis://redis:6379/0');
  });

  it('needs no file at all, and then listens on loopback and keeps its data in SQLite', () => {
    const config = load(undefined);
    expect(config.server.host).toBe('127.0.0.1');
    expect(config.server.port).toBe(8080);
    expect(config.database.connectionUrl()).toBeUndefined();
    expect(config.data_dir).toBe(join(directory, '.alertagent'));
    expect(config.nats.connectionUrl()).toBe('nats://127.0.0.1:4222');
  });

  it('lets the environment win over the file, and treats an empty variable as unset', () => {
    const config = load('server: {port: 9000, config_port: 9001}\ndify: {knowledge_bases: [a]}', {
      ALERTAGENT_HTTP_PORT: '9100',
      ALERTAGENT_CONFIG_PORT: '',
      ALERTAGENT_OUTBOUND_ALLOW: '10.0.0.0/8, n8n:5678',
      N8N_ENDPOINT: 'http://127.0.0.1:5678/',
    });
    expect(config.server.port).toBe(9100);
    expect(config.server.config_port).toBe(9001);
    expect(config.security.outbound_allow).toEqual(['10.0.0.0/8', 'n8n:5678']);
    expect(config.n8n.webhookBase()).toBe('http://127.0.0.1:5678/webhook');
  });

  it('lets a database address from the environment replace the parts in the file', () => {
    const config = load('database: {mysql: {host: db}}', { ALERTAGENT_DATABASE_URL: 'mysql://a:b@other/x' });
    expect(config.database.connectionUrl()).toBe('mysql://a:b@other/x');
  });

  it('reads the file that ALERTAGENT_CONFIG names, and says so when it is not there', () => {
    const file = write('other.yml', 'server: {port: 7000}');
    expect(loadConfiguration({ env: { ALERTAGENT_CONFIG: file }, cwd: directory }).server.port).toBe(7000);
    expect(problems(undefined, { ALERTAGENT_CONFIG: 'absent.yml' })).toContain(
      "ALERTAGENT_CONFIG (absent.yml): can't read the file (ENOENT)",
    );
  });

  it('reports every problem at once, each with its key, its line and what to do', () => {
    const message = problems(
      [
        'server:',
        '  prot: 8080',
        '  port: "8081"',
        '  config_port: 70000',
        'alertmanager:',
        '  clusters:',
        '    - name: a',
        '      endpoint: alertmanager:9093',
        '    - endpoint: http://b',
        'gateway:',
        '  convergence: {window: 5 minutes}',
        'dfiy: {}',
        'logging: {level: loud, rotation: {enabled: true}}',
      ].join('\n'),
      { ALERTAGENT_HTP_PORT: '1', ALERTAGENT_MODE: 'prod' },
    );
    expect(message.split('\n')).toEqual(
      expect.arrayContaining([
        '  - server.prot (alertagent.yml:2): unknown key; did you mean "port"?',
        '  - server.port (alertagent.yml:3): expected a whole number',
        '  - server.config_port (alertagent.yml:4): must not be greater than 65535',
        '  - alertmanager.clusters[0].endpoint (alertagent.yml:8): must be an address of the form http://… or https://…',
        '  - alertmanager.clusters[1].name (alertagent.yml:9): is required',
        '  - gateway.convergence.window (alertagent.yml:11): expected a duration such as "30s", "5m" or "1h30m"',
        '  - dfiy (alertagent.yml:12): unknown key; did you mean "dify"?',
        expect.stringContaining('  - logging.rotation (alertagent.yml:13): logs go to standard output'),
        expect.stringContaining('  - logging.level (alertagent.yml:13): must be one of trace, debug'),
        '  - ALERTAGENT_HTP_PORT (environment): unknown variable; did you mean ALERTAGENT_HTTP_PORT?',
        '  - server.mode (environment ALERTAGENT_MODE): must be one of embedded, production',
      ]),
    );
    expect(message).toContain('11 problems');
  });

  it.each([
    'ALERTAGENT_TEST_MYSQL_URL',
    'ALERTAGENT_NATS_SERVER_BIN',
    'ALERTAGENT_BIN_DIR',
    'ALERTAGENT_TOKEN_FILE',
    'ALERTAGENT_ENDPOINT',
  ])('leaves %s to the program it belongs to', (name) => {
    expect(() => load(undefined, { [name]: 'x' })).not.toThrow();
  });

  it('reads secrets from files beside the configuration, without the newline at their end', () => {
    write('db-password', 'p@ss/word \n');
    const key = write('key', 'k\r\n');
    const config = load('database: {mysql: {host: db, password_file: db-password}}', {
      DIFY_ENDPOINT: 'http://dify',
      DIFY_API_KEY_FILE: key,
    });
    expect(config.database.mysql?.password).toBe('p@ss/word ');
    expect(new URL(config.database.connectionUrl() ?? '').password).toBe('p%40ss%2Fword%20');
    expect(config.dify.api_key).toBe('k');
  });

  it('refuses a secret that is given both ways, or whose file is missing or empty', () => {
    write('empty', '\n');
    const message = problems(
      'nats: {username: u, password: x, password_file: y}\nsecurity: {secret_key_file: absent}',
      {
        DIFY_API_KEY: 'x',
        DIFY_API_KEY_FILE: 'y',
        ALERTAGENT_ADMIN_TOKEN_FILE: 'empty',
      },
    );
    expect(message).toContain('nats.password (alertagent.yml:1): both the value and password_file are given; keep one');
    expect(message).toContain(
      'dify.api_key (environment DIFY_API_KEY): both the value and DIFY_API_KEY_FILE are given; keep one',
    );
    expect(message).toMatch(/security\.secret_key \(alertagent\.yml:2\): can't read the file .*absent \(ENOENT\)/);
    expect(message).toMatch(
      /security\.admin_token \(environment ALERTAGENT_ADMIN_TOKEN_FILE\): the file .*empty is empty/,
    );
  });

  it.each([
    ['a number', 'dify: {endpoint: http://d, api_key: [canary-5f2c9e]}'],
    ['a short key', `security: {secret_key: ${CANARY}}`],
    ['a bad address', `database: {url: "postgres://u:${CANARY}@h/d"}`],
    ['an alias', `nats: {username: u, password: *${CANARY}}`],
    ['a tag', `nats: {username: u, password: !${CANARY} x}`],
    ['an open quote', `nats:\n  password: "${CANARY}\n  username: u`],
    ['a reserved character', `nats:\n  password: @${CANARY}`],
    ['a colon', `nats:\n  password: x: ${CANARY}`],
    ['a tab', `nats:\n\tpassword: ${CANARY}`],
    ['a list instead of a section', `nats: [${CANARY}]`],
    ['two keys', `nats:\n  password: ${CANARY}\n  password: ${CANARY}`],
  ])('never shows the value of a secret when it is refused: %s', (_, yaml) => {
    const message = problems(yaml);
    expect(message).toContain('alertagent.yml:');
    expect(message).not.toContain(CANARY);
  });

  it('refuses what contradicts itself', () => {
    const message = problems(
      [
        'server: {port: 9000, config_port: 9000}',
        'database: {url: "mysql://h/d", mysql: {host: h}, redis: {url: "redis://h", host: h}}',
        'dify: {endpoint: "http://d"}',
        'nats: {password: p}',
        'alertmanager: {clusters: [{name: a, endpoint: "http://a"}, {name: a, endpoint: "http://b"}]}',
      ].join('\n'),
    );
    expect(message).toContain('server.config_port (alertagent.yml:1): must differ from server.port');
    expect(message).toContain('database.mysql (alertagent.yml:2): both database.url and database.mysql are given');
    expect(message).toContain('database.redis.host (alertagent.yml:2): both url and host are given');
    expect(message).toContain('dify.api_key (alertagent.yml:3): is required with dify.endpoint');
    expect(message).toContain('nats.username (alertagent.yml:4): is required with nats.password');
    expect(message).toContain('alertmanager.clusters[1].name (alertagent.yml:5): another cluster has the same name');
  });

  it('treats hostile keys as unknown keys', () => {
    const message = problems(
      '__proto__: {polluted: yes}\nconstructor: 1\ngateway: {routing: {rules: [{match: {__proto__: a}, workflow: w}]}}',
    );
    expect(message).toContain('__proto__ (alertagent.yml:1): unknown key');
    expect(message).toContain('constructor (alertagent.yml:2): unknown key');
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('refuses a key without a value instead of guessing that it is unset', () => {
    expect(problems('security:\n  secret_key:\n')).toContain('security.secret_key (alertagent.yml:2): has no value');
  });

  it('accepts an empty file and empty sections', () => {
    expect(load('').server.port).toBe(8080);
    expect(load('n8n:\nserver: {}\n').n8n.endpoint).toBeUndefined();
  });

  it('refuses exceptions for outgoing requests that would not mean what they say', () => {
    expect(problems('security: {outbound_allow: ["10.0.0.0/33"]}')).toContain('security.outbound_allow');
    expect(problems('security: {outbound_allow: ["*"]}')).toContain('security.outbound_allow');
  });

  it('gives each process its own operations port', () => {
    const config = load('server: {ops_ports: {rules: 9999}}');
    expect([config.server.opsPortOf('rules'), config.server.opsPortOf('gateway')]).toEqual([9999, 8090]);
    expect(load(undefined, { ALERTAGENT_OPS_PORT: '0' }).server.opsPortOf('rules')).toBe(0);
  });

  it('tells others an address they can reach when it listens on every interface', () => {
    expect(load('server: {host: 0.0.0.0}').server.publicUrl()).toBe('http://127.0.0.1:8080');
    expect(load('server: {public_url: "https://alerts.example.org/"}').server.publicUrl()).toBe(
      'https://alerts.example.org',
    );
  });
});
