/** A third-party program the local stack can find or install. */
export type BinaryName =
  | 'nats-server'
  | 'prometheus'
  | 'promtool'
  | 'alertmanager'
  | 'amtool'
  | 'mariadbd'
  | 'mariadb-install-db'
  | 'redis-server'
  | 'influxd'
  | 'victoria-metrics'
  | 'vmalert'
  | 'chromium';

/** How one program is recognised on this machine and where it comes from when it is missing. */
export interface BinaryFacts {
  /** File names it goes by, best first (distributions rename some). */
  readonly files: readonly string[];
  /** Arguments that make it print its version and exit 0: the proof that it runs here. */
  readonly versionArgs: readonly string[];
  /** Debian/Ubuntu packages, besides libraries; for each its names over the releases, newest naming first. The program's own comes first. */
  readonly aptPackages: readonly (readonly string[])[];
  /** Homebrew formula, for the message on machines without apt. */
  readonly brewFormula: string;
  /** Where the real program lies in an extracted package when what is on PATH is only a script with fixed paths. */
  readonly extractedFile?: string;
  /** Absolute folder of data files that the distribution compiled into the program, and that it does not start or serve without. */
  readonly dataFolder?: string;
}

const mariadb = {
  aptPackages: [
    ['mariadb-server-core', 'mariadb-server-core-10.6', 'mariadb-server-core-10.5'],
    // Holds my_print_defaults, which the script that initialises a data directory calls.
    ['mariadb-client-core', 'mariadb-client-core-10.6', 'mariadb-client-core-10.5'],
  ],
  brewFormula: 'mariadb',
};
const plain = { versionArgs: ['--version'] };

/** Everything known about each program, in one table. */
export const binaryCatalogue: Readonly<Record<BinaryName, BinaryFacts>> = {
  'nats-server': { ...plain, files: ['nats-server'], aptPackages: [['nats-server']], brewFormula: 'nats-server' },
  prometheus: {
    ...plain,
    files: ['prometheus'],
    aptPackages: [['prometheus']],
    brewFormula: 'prometheus',
    dataFolder: '/usr/share/prometheus/web',
  },
  promtool: { ...plain, files: ['promtool'], aptPackages: [['prometheus']], brewFormula: 'prometheus' },
  alertmanager: {
    ...plain,
    files: ['alertmanager', 'prometheus-alertmanager'],
    aptPackages: [['prometheus-alertmanager']],
    brewFormula: 'alertmanager',
    dataFolder: '/usr/share/prometheus/alertmanager',
  },
  amtool: { ...plain, files: ['amtool'], aptPackages: [['prometheus-alertmanager']], brewFormula: 'alertmanager' },
  mariadbd: { ...plain, ...mariadb, files: ['mariadbd', 'mysqld'] },
  // The script knows no --version, and its --help ends with 1 although it works.
  'mariadb-install-db': { ...mariadb, versionArgs: [], files: ['mariadb-install-db', 'mysql_install_db'] },
  'redis-server': {
    ...plain,
    files: ['redis-server'],
    // Debian's redis-server holds only a link into redis-tools.
    aptPackages: [['redis-server'], ['redis-tools']],
    brewFormula: 'redis',
  },
  influxd: {
    versionArgs: ['version'],
    files: ['influxd'],
    // 1.x, which speaks InfluxQL; the formula of the same line is influxdb@1.
    aptPackages: [['influxdb']],
    brewFormula: 'influxdb@1',
  },
  'victoria-metrics': {
    ...plain,
    files: ['victoria-metrics', 'victoria-metrics-prod'],
    aptPackages: [['victoria-metrics']],
    brewFormula: 'victoriametrics',
  },
  vmalert: {
    ...plain,
    files: ['vmalert', 'vmalert-prod'],
    aptPackages: [['victoria-metrics']],
    brewFormula: 'victoriametrics',
  },
  chromium: {
    ...plain,
    files: ['chromium', 'chromium-browser', 'google-chrome'],
    aptPackages: [['chromium'], ['chromium-common'], ['fontconfig-config'], ['fonts-dejavu-core']],
    brewFormula: 'chromium',
    extractedFile: 'usr/lib/chromium/chromium',
  },
};
