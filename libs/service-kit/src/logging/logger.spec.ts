import { LoggingSettings } from '../configuration/observability.settings';
import { newContext, runInContext } from '../context/request-context';
import { createLogger, levelOf, type Logger } from './logger';
import { NestLogAdapter } from './nest-log-adapter';

const CANARY = 'canary5f2c9e77d1';

function capture(settings: Partial<LoggingSettings> = {}): {
  log: Logger;
  text: () => string;
  lines: () => Record<string, unknown>[];
} {
  let written = '';
  const log = createLogger({
    service: 'gateway',
    config: Object.assign(new LoggingSettings(), settings),
    destination: { write: (chunk: string) => void (written += chunk) },
  });
  return {
    log,
    text: () => written,
    lines: () =>
      written
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

describe('the logger', () => {
  it('writes one JSON object per line with service, component, level, time and the fields of the configuration', () => {
    const { log, lines } = capture({ fields: { environment: 'test' } });
    log.component('pipeline').info({ alerts: 3 }, 'Batch committed');
    expect(lines()).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-.*Z$/) as string,
        service: 'gateway',
        component: 'pipeline',
        environment: 'test',
        alerts: 3,
        message: 'Batch committed',
      },
    ]);
  });

  it('adds correlation and trace id of the work in progress', () => {
    const { log, lines } = capture();
    const context = newContext({ correlationId: 'c-1' });
    runInContext(context, () => log.info('Inside'));
    log.info('Outside');
    expect(lines()[0]).toMatchObject({ correlation_id: 'c-1', trace_id: context.traceparent.split('-')[1] });
    expect(lines()[1]).not.toHaveProperty('correlation_id');
  });

  it('gives each component the level of the nearest part of its name', () => {
    const config = Object.assign(new LoggingSettings(), {
      level: 'warn',
      loggers: { 'alertagent.gateway': 'info', 'alertagent.gateway.pipeline': 'debug', 'alertagent.rule': 'error' },
    });
    expect(
      ['gateway', 'gateway.intake', 'gateway.pipeline', 'rules', 'rules.store', 'ai'].map((name) =>
        levelOf(config, name),
      ),
    ).toEqual(['info', 'info', 'debug', 'error', 'error', 'warn']);
    const { log, lines } = capture(config);
    log.debug('Not written');
    log.component('pipeline').debug('Written');
    expect(lines().map(({ message }) => message)).toEqual(['Written']);
  });

  const circular: Record<string, unknown> = { password: CANARY };
  circular.self = circular;

  it.each<[string, (log: Logger) => void]>([
    [
      'named fields',
      (log) =>
        log.info(
          {
            password: CANARY,
            apiKey: CANARY,
            'x-n8n-api-key': CANARY,
            webhook_token: CANARY,
            tokens: { sync: CANARY },
          },
          'x',
        ),
    ],
    ['headers', (log) => log.info({ headers: { authorization: CANARY, Cookie: CANARY, 'set-cookie': [CANARY] } }, 'x')],
    ['credentials deep inside', (log) => log.info({ a: { b: [{ credentials: { user: CANARY } }] } }, 'x')],
    ['our tokens in any text', (log) => log.info({ note: `got aat_${CANARY}` }, 'x')],
    ['a bearer header in a message', (log) => log.info(`Authorization: Bearer ${CANARY}`)],
    ['an address with a password', (log) => log.info({ url: `mysql://root:${CANARY}@db/x` }, 'x')],
    ['an address with a password that holds an @', (log) => log.info({ url: `mysql://root:a@${CANARY}@db/x` }, 'x')],
    ['a URL object', (log) => log.info({ url: new URL(`http://u:${CANARY}@h/`) }, 'x')],
    ['a key in a query', (log) => log.info({ url: `https://robot/send?key=${CANARY}&x=1` }, 'x')],
    ['an error', (log) => log.error(new Error(`connect redis://:${CANARY}@h failed`))],
    [
      'an error with fields',
      (log) => log.error({ error: Object.assign(new Error('x'), { config: { password: CANARY } }) }, 'x'),
    ],
    [
      'the cause of an error',
      (log) => log.error({ error: new Error('x', { cause: new Error(`Bearer ${CANARY}`) }) }, 'x'),
    ],
    ['fields of a child', (log) => log.with({ secret_key: CANARY, url: `http://u:${CANARY}@h` }).info('x')],
    ['a format argument', (log) => log.info({}, 'sent %s', `aat_${CANARY}`)],
    ['an object in a format argument', (log) => log.info({}, 'sent %j', { password: CANARY })],
    ['a map', (log) => log.info({ map: new Map([['password', CANARY]]) }, 'x')],
    ['a circular object', (log) => log.info({ circular }, 'x')],
    ['a buffer', (log) => log.info({ body: Buffer.from(CANARY) }, 'x')],
    ['a key', (log) => log.info({ [`aat_${CANARY}`]: 1 }, 'x')],
    ['Nest', (log) => new NestLogAdapter(log).error(new Error(`Bearer ${CANARY}`), 'ExceptionsHandler')],
  ])('never lets a secret out: %s', (_, write) => {
    const { log, text, lines } = capture();
    write(log);
    expect(lines()).toHaveLength(1);
    expect(text()).not.toContain(CANARY);
  });

  it('keeps what only sounds like a secret', () => {
    const { log, lines } = capture();
    log.info(
      { total_tokens: 512, password_file: '/run/secrets/db', author: 'a', token_id: 't-1', url: 'http://h:1/a@b' },
      'x',
    );
    expect(lines()[0]).toMatchObject({
      total_tokens: 512,
      password_file: '/run/secrets/db',
      author: 'a',
      token_id: 't-1',
      url: 'http://h:1/a@b',
    });
  });

  it('keeps forged lines and terminal codes inside the string they came in', () => {
    const { log, text, lines } = capture();
    const forged = 'x\n{"level":"fatal","message":"forged"}\r\n\u001b[31mred\u2028';
    log.warn({ label: forged }, forged);
    expect(text().trimEnd().split('\n')).toHaveLength(1);
    expect(text()).not.toContain('\u001b');
    expect(lines()[0]).toMatchObject({ level: 'warn', label: forged });
  });

  it('keeps a line small whatever it is given', () => {
    const { log, text, lines } = capture();
    const deep: Record<string, unknown> = {};
    let inner = deep;
    for (let level = 0; level < 1_000; level++) inner = inner.next = {} as Record<string, unknown>;
    log.error(
      { text: 'x'.repeat(1_000_000), list: Array.from({ length: 10_000 }, () => 'y'), deep },
      'z'.repeat(1_000_000),
    );
    log.error(new Error('e'.repeat(1_000_000)));
    expect(lines()).toHaveLength(2);
    expect(text().length).toBeLessThan(40_000);
    expect(lines()[0]?.text).toContain('(995904 more characters)');
  });

  it('survives what cannot be written as JSON', () => {
    const { log, lines } = capture();
    const hostile = {
      big: 1n,
      when: new Date(Number.NaN),
      lone: '\ud800',
      fn: () => 1,
      get broken(): string {
        throw new Error('no');
      },
    };
    log.info({ hostile }, 'x');
    expect(lines()[0]?.hostile).toEqual({ big: '1', when: null, lone: '\ufffd', broken: '[unreadable]' });
  });
});

describe('lines of Nest', () => {
  it('appear in our format, with start-up chatter at debug', () => {
    const { log, lines } = capture();
    const nest = new NestLogAdapter(log);
    nest.log('Mapped {/x, GET} 100%s', 'RouterExplorer');
    nest.log('Started 100%s', 'Main');
    nest.error('Failed', 'stack of it', 'ExceptionsHandler');
    expect(lines()).toEqual([
      expect.objectContaining({ level: 'info', message: 'Started 100%s', context: 'Main', component: 'nest' }),
      expect.objectContaining({
        level: 'error',
        message: 'Failed',
        context: 'ExceptionsHandler',
        stack: 'stack of it',
      }),
    ]);
  });
});
