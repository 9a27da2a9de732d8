import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../processes/run-command';

const MINUTES = 60_000;

/**
 * The distribution's package archive, used only to read: nothing is installed into the system, no service is
 * started, no root is needed. Package lists of our own in a private folder serve where the system has none
 * (a minimal image) or outdated ones.
 */
export class AptArchive {
  // As root, apt would drop to a user of its own, who may not write into a private folder.
  private readonly settings: string[] = process.getuid?.() === 0 ? ['-o', 'APT::Sandbox::User=root'] : [];
  private readonly env: NodeJS.ProcessEnv;

  /**
   * @param folder Private scratch folder for package lists and downloads.
   * @param env Decides which apt is found.
   */
  constructor(
    private readonly folder: string,
    env: NodeJS.ProcessEnv,
  ) {
    // apt speaks the user's language otherwise, and its plan is read by machine here.
    this.env = { ...env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' };
  }

  /** Whether apt exists here at all. */
  static async isPresent(): Promise<boolean> {
    try {
      await runCommand('apt-get', ['--version']);
      await runCommand('dpkg-deb', ['--version']);
      return true;
    } catch {
      return false;
    }
  }

  /** Fetches fresh package lists into the private folder and uses them from now on. */
  async refresh(): Promise<void> {
    const lists = join(this.folder, 'lists');
    const cache = join(this.folder, 'cache');
    await mkdir(join(lists, 'partial'), { recursive: true });
    await mkdir(join(cache, 'archives', 'partial'), { recursive: true });
    this.settings.push(
      '-o',
      `Dir::State::lists=${lists}`,
      '-o',
      `Dir::Cache=${cache}`,
      '-o',
      'Acquire::Languages=none',
      '-o',
      'Acquire::GzipIndexes=true',
    );
    await this.apt('apt-get', ['update', '--error-on=any'], 10 * MINUTES);
  }

  /** The first of these names that the archive has. Errors: none of them. */
  async pick(names: readonly string[]): Promise<string> {
    for (const name of names) {
      try {
        await this.apt('apt-cache', ['show', '--no-all-versions', name], MINUTES);
        return name;
      } catch {
        // Named otherwise in this release.
      }
    }
    throw new Error(`The package archive has no ${names.join(' or ')}.`);
  }

  /** The shared-library packages these need and this machine lacks, as apt's own resolver sees it. */
  async missingLibraries(packages: readonly string[]): Promise<string[]> {
    const plan = await this.apt(
      'apt-get',
      ['--simulate', '--no-install-recommends', 'install', ...packages],
      2 * MINUTES,
    );
    const planned = [...plan.matchAll(/^Inst (\S+)/gm)].map((match) => match[1] ?? '');
    // Scripts for the pages of Prometheus' old console weigh more than all programs together, and nothing here opens them.
    return planned.filter((name) => /^lib(?!js-)/.test(name) && !/-(perl|dev)$/.test(name));
  }

  /** Downloads the packages and unpacks all of them into one root folder. */
  async unpack(packages: readonly string[], root: string): Promise<void> {
    const downloads = join(this.folder, 'downloads');
    await rm(downloads, { recursive: true, force: true });
    await mkdir(downloads, { recursive: true });
    await this.apt('apt-get', ['download', ...packages], 10 * MINUTES, downloads);
    await mkdir(root, { recursive: true });
    for (const file of await readdir(downloads)) {
      await runCommand('dpkg-deb', ['--extract', join(downloads, file), root], {
        env: this.env,
        timeoutMs: 2 * MINUTES,
      });
    }
  }

  private apt(tool: string, args: readonly string[], timeoutMs: number, cwd?: string): Promise<string> {
    return runCommand(tool, [...this.settings, ...args], { cwd, env: this.env, timeoutMs });
  }
}
