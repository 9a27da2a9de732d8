import { readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MissingBinariesError } from '../src/binaries/ensure-binaries';
import { installFromArchive } from '../src/binaries/install-from-archive';
import { relocateDataFolder } from '../src/binaries/relocate-data-folder';
import { runCommand } from '../src/processes/run-command';
import { makeTempDir, removeDir } from '../src/temp-dir';

/** Stand-ins for apt that write down how they were called: which packages an archive holds must not depend on this machine. */
describe('installFromArchive', () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;

  async function tool(name: string, script: string): Promise<void> {
    await writeFile(join(folder, name), `#!/bin/sh\necho "${name} $*" >> "${folder}/calls"\n${script}\n`, {
      mode: 0o755,
    });
  }
  const calls = (): Promise<string> => readFile(join(folder, 'calls'), 'utf8');

  beforeEach(async () => {
    folder = await makeTempDir('apt');
    env = { PATH: `${folder}:${process.env['PATH'] ?? ''}` };
    await tool('apt-cache', 'exit 0');
    // The plan names a library, a service helper and a script package: only the library is wanted.
    await tool(
      'apt-get',
      `case "$*" in
        *--simulate*) printf 'Inst libstand1 (1 Debian)\\nInst adduser (1 Debian)\\nInst libjs-stand (1 Debian)\\n';;
        *download*) : > package.deb;;
      esac`,
    );
    await tool(
      'dpkg-deb',
      `mkdir -p "$3/usr/sbin" && printf '#!/bin/sh\\necho version 1\\n' > "$3/usr/sbin/nats-server" && chmod 755 "$3/usr/sbin/nats-server"`,
    );
  });
  afterEach(() => removeDir(folder));

  it('unpacks the program and the libraries it lacks, installs nothing and leaves no scratch files', async () => {
    await installFromArchive(['nats-server'], join(folder, 'private'), undefined, env);
    const log = await calls();
    expect(log).toMatch(/download nats-server libstand1$/m);
    expect(log).not.toMatch(/^apt-get (?!.*--simulate).*install/m);
    expect(log).not.toMatch(/^apt-get.* update/m);
    expect(await runCommand(join(folder, 'private', 'bin', 'nats-server'), [])).toBe('version 1\n');
    expect(existsSync(join(folder, 'private', 'scratch'))).toBe(false);
  });

  it('fetches package lists of its own when those of the system do not serve', async () => {
    await tool('apt-cache', `case "$*" in *Dir::State::lists=${folder}*) exit 0;; *) exit 100;; esac`);
    const lines: string[] = [];
    await installFromArchive(['nats-server'], join(folder, 'private'), (line) => lines.push(line), env);
    expect(await calls()).toMatch(new RegExp(`apt-get .*Dir::State::lists=${folder}/private/scratch/lists.* update`));
    expect(lines.join('\n')).toContain('fetching fresh ones');
  });

  it('keeps a program right whose package is unpacked again for another of its programs', async () => {
    const text = '#!/bin/sh\\n# /usr/share/prometheus/alertmanager/default.tmpl\\necho version 1\\n';
    const programs = ['prometheus-alertmanager', 'amtool'].map((name) => `"$3/usr/bin/${name}"`);
    await tool(
      'dpkg-deb',
      `mkdir -p "$3/usr/bin" "$3/usr/share/prometheus/alertmanager"; for f in ${programs.join(' ')}; do printf '${text}' > "$f"; chmod 755 "$f"; done`,
    );
    const directory = join(folder, 'private');
    const program = join(directory, 'root', 'usr', 'bin', 'prometheus-alertmanager');
    await installFromArchive(['alertmanager'], directory, undefined, env);
    const made = await readFile(program, 'utf8');
    expect(made).not.toContain('/usr/share');
    await installFromArchive(['amtool'], directory, undefined, env);
    expect(await readFile(program, 'utf8')).toBe(made);
  });

  it('puts no launch script in place for a program that does not run here', async () => {
    await tool(
      'dpkg-deb',
      `mkdir -p "$3/usr/sbin" && printf '#!/bin/sh\\nexit 127\\n' > "$3/usr/sbin/nats-server" && chmod 755 "$3/usr/sbin/nats-server"`,
    );
    await expect(installFromArchive(['nats-server'], join(folder, 'private'), undefined, env)).rejects.toThrow(/127/);
    expect(existsSync(join(folder, 'private', 'bin', 'nats-server'))).toBe(false);
  });

  it('says what to install on each platform, and which variable points to an existing program', () => {
    const { message } = new MissingBinariesError(['alertmanager', 'amtool', 'mariadbd'], 'There is no apt.');
    expect(message).toContain('apt-get install --no-install-recommends prometheus-alertmanager mariadb-server-core');
    expect(message).toContain('brew install alertmanager mariadb');
    expect(message).toContain('ALERTAGENT_ALERTMANAGER_BIN ALERTAGENT_AMTOOL_BIN ALERTAGENT_MARIADBD_BIN');
  });

  it('moves a compiled-in data folder behind a descriptor without changing the size of the program', async () => {
    const file = join(folder, 'program');
    await writeFile(file, 'before/usr/share/stand/inafter', { mode: 0o755 });
    await relocateDataFolder(file, '/usr/share/stand/in');
    expect(await readFile(file, 'utf8')).toBe('before/proc/self/fd/////9after');
  });
});
