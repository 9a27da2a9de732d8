import { describeAddress, parseDatabaseUrl } from './database-url';

describe('database url', () => {
  it('reads user, password, host, port and database, percent-encoding included', () => {
    expect(parseDatabaseUrl('mysql://ag%40ent:p%2Fw@db.example:3307/alerts?tls=true')).toEqual({
      kind: 'mysql',
      user: 'ag@ent',
      password: 'p/w',
      host: 'db.example',
      port: 3307,
      database: 'alerts',
      socketPath: undefined,
      tls: true,
    });
    expect(parseDatabaseUrl('mariadb://root@[::1]/a')).toMatchObject({ host: '::1', port: 3306 });
    expect(parseDatabaseUrl('sqlite:/var/lib/rules.sqlite')).toEqual({ kind: 'sqlite', path: '/var/lib/rules.sqlite' });
  });

  it.each([
    'postgres://root@db/alerts',
    'mysql://root:hunter2@db',
    'mysql://root:hunter2@db/a;drop',
    'mysql://root:hunter2@db/a?sslmode=off',
    'sqlite:',
    'nonsense hunter2',
  ])('refuses %s without repeating a password', (url) => {
    let message = '';
    try {
      parseDatabaseUrl(url);
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain('database url');
    expect(message).not.toContain('hunter2');
  });

  it('is described in logs without user and password', () => {
    expect(describeAddress(parseDatabaseUrl('mysql://root:hunter2@db/alerts'))).toBe('db:3306/alerts');
  });
});
