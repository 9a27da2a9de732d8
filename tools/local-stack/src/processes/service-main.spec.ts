import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeTempDir, removeDir } from '../temp-dir';
import { compiledMain, serviceMain } from './service-main';

describe('what a service is started from', () => {
  let root: string;
  const bundle = (): string => join(root, 'apps/gateway/dist/bundle/main.js');

  /** A file that was written `at` seconds. */
  const written = (path: string, at: number): void => {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '');
    utimesSync(file, at, at);
  };

  beforeEach(async () => {
    root = await makeTempDir('service-main');
    written('apps/gateway/dist/.tsbuildinfo', 100);
    written('libs/service-kit/dist/.tsbuildinfo', 90);
    written('apps/gateway/dist/bundle/main.js', 110);
  });
  afterEach(() => removeDir(root));

  it('is the bundle when it was made last', () => {
    expect(serviceMain(root, 'gateway')).toBe(bundle());
  });

  it.each(['apps/gateway', 'libs/contracts', 'libs/alerting', 'libs/service-kit'])(
    'is what was compiled when %s was compiled after the bundle was made',
    (project) => {
      written(`${project}/dist/.tsbuildinfo`, 120);
      expect(serviceMain(root, 'gateway')).toBe(compiledMain(root, 'gateway'));
    },
  );

  it('is what was compiled when there is no bundle', () => {
    rmSync(bundle());
    expect(serviceMain(root, 'gateway')).toBe(compiledMain(root, 'gateway'));
    expect(serviceMain(root, 'rules')).toBe(compiledMain(root, 'rules'));
  });
});
