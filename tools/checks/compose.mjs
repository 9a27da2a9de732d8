// Checks docker-compose.yml, the Dockerfile and the files they mount, without Docker: form, pinned images, no secrets, names
// that exist, ports on loopback, and that each service would accept its environment. Where `docker compose` is installed it is asked too.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const fromKit = createRequire(new URL('../../libs/service-kit/package.json', import.meta.url));
fromKit('reflect-metadata');
const { parse } = fromKit('yaml');
const { ConfigurationError, describeConfiguration, loadConfiguration } = fromKit('@alertagent/service-kit');

const TOP_KEYS = new Set(['name', 'services', 'volumes', 'networks', 'secrets', 'configs']);
const SERVICE_KEYS = new Set(
  (
    'build cap_add cap_drop command configs container_name cpus depends_on deploy entrypoint env_file environment expose extra_hosts healthcheck ' +
    'hostname image init labels logging mem_limit network_mode networks pids_limit platform ports profiles pull_policy read_only restart ' +
    'secrets security_opt shm_size stop_grace_period stop_signal sysctls tmpfs ulimits user volumes working_dir'
  ).split(' '),
);
const HEALTH_KEYS = new Set(['test', 'interval', 'timeout', 'retries', 'start_period', 'start_interval', 'disable']);
const CONDITIONS = new Set(['service_started', 'service_healthy', 'service_completed_successfully']);
const SECRET = /(PASSWORD|PASS|TOKEN|SECRET|API_KEY|SECRET_KEY|ENCRYPTION_KEY|AUTH|AUTH_VALUE)$/;
/** A value for every required variable: long enough for each rule a service has. */
const SAMPLE = 's0123456789abcdef0123456789abcdef0123456789';

const problems = [];
const checked = [];
const problem = (where, detail) => problems.push(`${where}: ${detail}`);

const text = readFileSync('docker-compose.yml', 'utf8');
const compose = parse(text, { merge: true });
const services = Object.entries(compose.services ?? {});
const names = new Set(services.map(([name]) => name));
const dockerfile = readDockerfile();

/** Stages, declared arguments, base images and which stages probe their own health. */
function readDockerfile() {
  const stages = new Map();
  const args = new Map();
  let stage = null;
  for (const line of readFileSync('Dockerfile', 'utf8').replaceAll('\\\n', ' ').split('\n')) {
    const [, word = '', rest = ''] = /^\s*([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    if (word === 'ARG') args.set(rest.split('=')[0].trim(), rest.split('=')[1]?.trim() ?? args.get(rest.trim()));
    if (word === 'FROM') {
      const [, base, name = 'final'] = /^(\S+)(?:\s+AS\s+(\S+))?/i.exec(rest);
      stage = {
        base: base.replace(/\$\{?(\w+)\}?/, (_all, arg) => args.get(arg) ?? ''),
        user: null,
        isProbed: false,
        entry: '',
      };
      const parent = stages.get(stage.base);
      if (parent) Object.assign(stage, { user: parent.user, isProbed: parent.isProbed, entry: parent.entry });
      stages.set(name, stage);
    }
    if (word === 'USER') stage.user = rest.trim();
    if (word === 'HEALTHCHECK') stage.isProbed = !rest.startsWith('NONE');
    if (word === 'ENTRYPOINT') stage.entry = rest;
  }
  return { stages, args };
}

function checkDockerfile() {
  const { stages, args } = dockerfile;
  for (const [name, { base, entry, user }] of stages) {
    if (!stages.has(base)) checkImage(`Dockerfile stage ${name}`, base);
    const isRoot = user === null || /^(root|0)(:|$)/.test(user);
    if (entry && isRoot) problem(`Dockerfile stage ${name}`, 'runs as root');
  }
  checkApp('Dockerfile', args.get('APP'));
  checked.push(`Dockerfile with ${stages.size} stages`);
}

function checkApp(where, app) {
  if (!app || !existsSync(`apps/${app}/src/main.ts`))
    problem(where, `APP is ${app}, and there is no apps/${app}/src/main.ts`);
}

function checkImage(where, image) {
  if (/@sha256:[0-9a-f]{64}$/.test(image)) return;
  const [, tag] = /:([\w.-]+)$/.exec(image) ?? [];
  if (!tag) problem(where, `image ${image} has no tag`);
  else if (!/\d/.test(tag) || tag.startsWith('latest')) problem(where, `image ${image} is not pinned to a version`);
}

function checkForm() {
  const unknown = (where, keys, known) => {
    for (const key of keys) if (!known.has(key) && !key.startsWith('x-')) problem(where, `unknown key ${key}`);
  };
  unknown('docker-compose.yml', Object.keys(compose), TOP_KEYS);
  for (const [name, service] of services) {
    unknown(name, Object.keys(service), SERVICE_KEYS);
    unknown(`${name}.healthcheck`, Object.keys(service.healthcheck ?? {}), HEALTH_KEYS);
    if (!service.image) problem(name, 'has no image name, so that its tag would be made up');
    else checkImage(name, service.image);
    if (service.privileged || service.network_mode === 'host') problem(name, 'has the rights of the host');
    if (service.build) checkBuild(name, service.build);
  }
  checked.push(`${services.length} services`);
}

function checkBuild(name, { context, target, args = {} }) {
  if (context !== '.') problem(name, `builds from ${context}`);
  if (target && !dockerfile.stages.has(target)) problem(name, `the Dockerfile has no stage ${target}`);
  for (const arg of Object.keys(args)) if (!dockerfile.args.has(arg)) problem(name, `the Dockerfile has no ARG ${arg}`);
  if ('APP' in args) checkApp(name, args.APP);
}

/** What compose makes of a value; with `required` for each variable that must be set. */
const interpolated = (value, required) =>
  String(value ?? '')
    .replaceAll(/\$\{\w+:\?[^}]*\}/g, required)
    .replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1')
    .replaceAll('$$', '$');

function checkSecrets(name, environment) {
  for (const [key, value] of Object.entries(environment)) {
    const given = interpolated(value, '');
    if (SECRET.test(key) && given !== '') problem(name, `${key} has a value in the file; write \${${key}:?…}`);
    const [, password = ''] = /^[a-z][a-z0-9+.-]*:\/\/[^/@]*:([^/@]*)@/.exec(given) ?? [];
    if (password !== '') problem(name, `${key} holds a password; take it from a variable`);
    if (/\$\{?\w+\}?/.test(String(value).replaceAll(/\$\{\w+:[?-][^}]*\}|\$\$/g, '')))
      problem(name, `${key} uses a variable without :? or :-, which is empty without a word when unset`);
  }
}

function checkEnvironments() {
  const rows = describeConfiguration().filter(({ env }) => env);
  const settings = new Set(rows.flatMap(({ env, secret }) => (secret ? [env, `${env}_FILE`] : [env])));
  const sidecar = ['settings', 'transport-settings']
    .map((file) => readFileSync(`apps/sidecar/src/${file}.ts`, 'utf8'))
    .join('');
  let loaded = 0;
  for (const [name, { build, environment = {}, volumes = [] }] of services) {
    if (Array.isArray(environment)) problem(name, 'write its environment as a map');
    checkSecrets(name, environment);
    if (build?.args?.APP) {
      for (const key of Object.keys(environment)) if (!settings.has(key)) problem(name, `no setting is called ${key}`);
      loaded += checkLoads(name, environment) ? 1 : 0;
      continue;
    }
    const scripts = volumes
      .map((volume) => volume.split(':')[0])
      .filter((path) => /\.mjs$/.test(path) && existsSync(path));
    const readers = build?.target === 'sidecar' ? [sidecar] : scripts.map((path) => readFileSync(path, 'utf8'));
    const isOurs = (key) => readers.length > 0 || key.startsWith('ALERTAGENT_');
    for (const key of Object.keys(environment).filter(isOurs)) {
      const isRead = readers.some((reader) => new RegExp(`\\b${key}\\b`).test(reader));
      if (!isRead) problem(name, `nothing in it reads ${key}`);
    }
  }
  checked.push(`${loaded} service environments, each accepted by the configuration reader`);
}

function checkLoads(name, environment) {
  const env = Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, interpolated(value, SAMPLE)]));
  try {
    loadConfiguration({ env, cwd: '/nonexistent' });
    return true;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    for (const { key, detail } of error.problems) problem(name, `${key}: ${detail}`);
    return false;
  }
}

function checkDependencies() {
  for (const [name, { depends_on: wanted = {} }] of services) {
    for (const [target, rule] of Object.entries(
      Array.isArray(wanted) ? Object.fromEntries(wanted.map((each) => [each, null])) : wanted,
    )) {
      const { condition } = rule ?? {};
      if (!names.has(target)) problem(name, `depends on ${target}, which does not exist`);
      else if (!CONDITIONS.has(condition)) problem(name, `depends on ${target} without saying on which condition`);
      else if (condition === 'service_healthy' && !isProbed(compose.services[target]))
        problem(name, `waits for ${target} to be healthy, which has no health check`);
      else if (condition === 'service_completed_successfully' && compose.services[target].restart !== 'no')
        problem(name, `waits for ${target} to end, which restarts for ever`);
      if (names.has(target) && reaches(target, name)) problem(name, `depends on itself by way of ${target}`);
    }
  }
}

function isProbed({ healthcheck, build }) {
  if (healthcheck?.disable) return false;
  return Boolean(healthcheck?.test) || Boolean(dockerfile.stages.get(build?.target)?.isProbed);
}

function reaches(from, goal, seen = new Set()) {
  if (from === goal) return true;
  if (seen.has(from)) return false;
  seen.add(from);
  const wanted = compose.services[from]?.depends_on ?? {};
  return (Array.isArray(wanted) ? wanted : Object.keys(wanted)).some((next) => reaches(next, goal, seen));
}

function checkVolumes() {
  const declared = new Set(Object.keys(compose.volumes ?? {}));
  const used = new Set();
  for (const [name, { volumes = [] }] of services) {
    for (const volume of volumes) {
      const [source = '', target] = String(volume).split(':');
      if (!target) problem(name, `volume ${volume} has no source`);
      else if (/docker\.sock$/.test(source)) problem(name, 'mounts the socket of Docker');
      else if (/^[./~]/.test(source)) {
        if (!existsSync(source)) problem(name, `mounts ${source}, which does not exist`);
      } else if (!declared.has(source)) problem(name, `uses the volume ${source}, which is not declared`);
      else used.add(source);
    }
  }
  for (const name of declared) if (!used.has(name)) problem('volumes', `${name} is declared and not used`);
  checked.push(`${declared.size} volumes`);
}

function checkPorts() {
  const taken = new Map();
  let count = 0;
  for (const [name, { ports = [] }] of services) {
    for (const port of ports) {
      count += 1;
      const [, host, container] = /^127\.0\.0\.1:(.+):(\d+)$/.exec(String(port)) ?? [];
      if (!container) problem(name, `port ${port} is not published on 127.0.0.1 only`);
      const wanted = interpolated(host, SAMPLE);
      if (taken.has(wanted)) problem(name, `port ${wanted} is also published by ${taken.get(wanted)}`);
      taken.set(wanted, name);
    }
  }
  checked.push(`${count} ports on loopback`);
}

/** The files beside: users of NATS, and what Prometheus scrapes. */
function checkCompanions() {
  const nats = spawnSync(process.execPath, ['tools/checks/nats-config.mjs', '--check'], { encoding: 'utf8' });
  if (nats.status !== 0) problem('deploy/nats', nats.stderr.trim());
  const read = [...readFileSync('deploy/nats/nats-server.conf', 'utf8').matchAll(/\$(NATS_\w+)/g)].map(
    ([, name]) => name,
  );
  const given = Object.keys(compose.services.nats?.environment ?? {});
  for (const name of read)
    if (!given.includes(name)) problem('nats', `deploy/nats/nats-server.conf reads ${name}, which it is not given`);
  for (const [name, { build, environment = {}, command }] of services) {
    if (!build?.args?.APP || String(command) === 'migrate') continue;
    const { APP: app } = build.args;
    if (environment.ALERTAGENT_NATS_USER !== app) problem(name, `must be the NATS user ${app}`);
    if (!String(environment.ALERTAGENT_NATS_PASSWORD).startsWith(`\${NATS_${app.toUpperCase()}_PASSWORD:?`))
      problem(name, `must have the NATS password of ${app}`);
  }
  const { scrape_configs = [], alerting } = parse(readFileSync('deploy/prometheus/prometheus.yml', 'utf8'));
  const targets = [...scrape_configs, ...alerting.alertmanagers].flatMap(({ static_configs }) =>
    static_configs.flatMap((each) => each.targets),
  );
  for (const target of targets) {
    const [host] = target.split(':');
    if (host !== '127.0.0.1' && !names.has(host)) problem('deploy/prometheus/prometheus.yml', `there is no ${host}`);
  }
  checked.push(`${read.length} NATS users`, `${targets.length} scrape targets`);
}

function askDocker() {
  if (spawnSync('docker', ['compose', 'version']).status !== 0)
    return 'docker compose is not installed, so it was not asked';
  const env = { ...process.env };
  for (const [, name] of text.matchAll(/\$\{(\w+):\?/g)) env[name] = SAMPLE;
  const { status, stderr } = spawnSync('docker', ['compose', '--profile', 'n8n', 'config', '--quiet'], {
    env,
    encoding: 'utf8',
  });
  if (status !== 0) problem('docker compose config', stderr.trim());
  return 'docker compose config has read it too';
}

checkDockerfile();
checkForm();
checkEnvironments();
checkDependencies();
checkVolumes();
checkPorts();
checkCompanions();
const docker = askDocker();
for (const each of problems) console.error(each);
if (problems.length > 0) process.exit(1);
console.log(`docker-compose.yml holds: ${checked.join(', ')}; ${docker}`);
