// Checks deploy/kubernetes without a cluster: every field and its type against the models of the Kubernetes client, and what no
// schema sees: names that meet, images and entry points that the Dockerfile makes, variables that the sidecar reads, mounts, rights.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const fromSidecar = createRequire(new URL('../../apps/sidecar/package.json', import.meta.url));
const { parse, parseAllDocuments } = fromSidecar('yaml');
const models = await import(fromSidecar.resolve('@kubernetes/client-node'));

const MODELS = {
  'v1/ServiceAccount': 'V1ServiceAccount',
  'v1/ConfigMap': 'V1ConfigMap',
  'v1/Service': 'V1Service',
  'apps/v1/StatefulSet': 'V1StatefulSet',
  'policy/v1/PodDisruptionBudget': 'V1PodDisruptionBudget',
  'rbac.authorization.k8s.io/v1/Role': 'V1Role',
  'rbac.authorization.k8s.io/v1/RoleBinding': 'V1RoleBinding',
  'networking.k8s.io/v1/NetworkPolicy': 'V1NetworkPolicy',
};
const folder = process.argv[2] ?? 'deploy/kubernetes';
const problems = [];
const problem = (where, detail) => problems.push(`${where}: ${detail}`);
const objects = [];

for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml'))) {
  // Kubernetes reads YAML 1.1, where 0440 is octal, and merges no keys.
  for (const document of parseAllDocuments(readFileSync(`${folder}/${file}`, 'utf8'), { version: '1.1' })) {
    for (const { message } of document.errors) problem(file, message);
    const value = document.toJS();
    objects.push({ where: `${file} ${value?.kind} ${value?.metadata?.name}`, value });
  }
}

/** Every field must be known to the model, and of its type. */
function checkType(where, value, type) {
  const list = /^Array<(.+)>$/.exec(type)?.[1] ?? /^Set<(.+)>$/.exec(type)?.[1];
  const map = /^\{ \[key: string\]: (.+); \}$/.exec(type)?.[1];
  if (list) {
    if (!Array.isArray(value)) return problem(where, 'is not a list');
    return value.forEach((each, index) => checkType(`${where}[${index}]`, each, list));
  }
  if (type === 'any' || type === 'object') return;
  if (type === 'IntOrString') {
    if (!['number', 'string'].includes(typeof value)) problem(where, 'is neither a number nor text');
  } else if (['string', 'number', 'boolean'].includes(type)) {
    if (typeof value !== type) problem(where, `is ${typeof value}, not ${type}`);
  } else if (typeof value !== 'object' || value === null || Array.isArray(value)) problem(where, 'is not a mapping');
  else if (map) for (const [key, each] of Object.entries(value)) checkType(`${where}.${key}`, each, map);
  else checkModel(where, value, type);
}

function checkModel(where, value, type) {
  const model = models[type];
  if (!model?.getAttributeTypeMap) return problem(where, `the client knows no ${type}`);
  const fields = new Map(model.getAttributeTypeMap().map((field) => [field.baseName, field.type]));
  for (const [key, each] of Object.entries(value)) {
    if (fields.has(key)) checkType(`${where}.${key}`, each, fields.get(key));
    else problem(where, `has no field ${key}`);
  }
}

const find = (kind, name) => objects.some(({ value }) => value.kind === kind && value.metadata.name === name);
const includes = (labels, selector) => Object.entries(selector ?? {}).every(([key, value]) => labels?.[key] === value);
const pods = () => objects.filter(({ value }) => value.kind === 'StatefulSet').map(({ value }) => value.spec.template);

const stages = new Map();
for (const [, stage, body] of readFileSync('Dockerfile', 'utf8').matchAll(
  /^FROM \S+ AS (\S+)\n([\s\S]*?)(?=^FROM |$(?![\s\S]))/gm,
))
  stages.set(stage, /^ENTRYPOINT (\[.*\])$/m.exec(body)?.[1]);
const composeImages = new Set(
  Object.values(parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }).services).map(({ image }) => image),
);
const read = (file) => readFileSync(`apps/sidecar/src/${file}.ts`, 'utf8');
const settings = read('settings') + read('transport-settings') + read('sidecar');
const flags = read('main');

function checkSet(where, { spec }) {
  const { template, selector, serviceName, volumeClaimTemplates = [] } = spec;
  if (!selector || !includes(template.metadata.labels, selector.matchLabels))
    problem(where, 'does not select its pods');
  if (!find('Service', serviceName)) problem(where, `there is no Service ${serviceName}`);
  const { spec: pod } = template;
  if (!find('ServiceAccount', pod.serviceAccountName)) problem(where, 'has no ServiceAccount of its own');
  const isBound = objects.some(
    ({ value }) => value.kind === 'RoleBinding' && value.subjects.some(({ name }) => name === pod.serviceAccountName),
  );
  if (pod.automountServiceAccountToken !== isBound) problem(where, 'mounts a token exactly if it has a Role');
  const { runAsNonRoot, runAsUser, fsGroup } = pod.securityContext ?? {};
  if (!runAsNonRoot || runAsUser !== 65534 || fsGroup !== 65534) problem(where, 'does not run as 65534');
  const volumes = [
    ...(pod.volumes ?? []).map(({ name }) => name),
    ...volumeClaimTemplates.map((each) => each.metadata.name),
  ];
  const mounted = new Set();
  for (const container of [...(pod.initContainers ?? []), ...pod.containers]) {
    const place = `${where} ${container.name}`;
    for (const { name } of container.volumeMounts ?? []) {
      mounted.add(name);
      if (!volumes.includes(name)) problem(place, `mounts ${name}, which is no volume`);
    }
    checkContainer(place, container);
  }
  for (const name of volumes) if (!mounted.has(name)) problem(where, `nothing mounts ${name}`);
  if (
    !objects.some(
      ({ value }) =>
        value.kind === 'NetworkPolicy' && includes(template.metadata.labels, value.spec.podSelector.matchLabels),
    )
  )
    problem(where, 'no NetworkPolicy is about its pods');
}

function checkContainer(where, container) {
  const { image, securityContext: rights = {}, ports = [], args = [] } = container;
  if (
    rights.allowPrivilegeEscalation !== false ||
    !rights.readOnlyRootFilesystem ||
    !rights.capabilities?.drop?.includes('ALL')
  )
    problem(where, 'has more rights than it needs');
  if (!container.resources?.limits?.memory) problem(where, 'has no limit of memory');
  const names = ports.map(({ name }) => name);
  for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
    const port = container[probe]?.httpGet?.port;
    if (port !== undefined && !names.includes(port)) problem(where, `${probe} asks ${port}, which is no port`);
  }
  const [, stage] = /^alertagent\/([\w-]+):0\.1\.0$/.exec(image) ?? [];
  if (stage) return checkSidecar(where, container, stage);
  if (!composeImages.has(image)) problem(where, `${image} is not the version that docker-compose.yml runs`);
  if (!container.readinessProbe || !container.livenessProbe) problem(where, 'is not probed');
  if (image.includes('alertmanager') && args.includes('--web.enable-lifecycle'))
    problem(where, 'Alertmanager has no such flag and would end');
  checkPaths(
    where,
    container,
    args.map((arg) => /^--(?:config\.file|storage[\w.]*path)=(.+)$/.exec(arg)?.[1]),
  );
}

function checkSidecar(where, container, stage) {
  if (!stages.get(stage)?.includes('dist/main.js'))
    problem(where, `the Dockerfile makes no ${stage} that starts the sidecar`);
  if (container.command) problem(where, 'replaces the entry point, and with it the limits of its heap');
  for (const arg of container.args ?? []) if (!flags.includes(`'${arg}'`)) problem(where, `does not know ${arg}`);
  const env = Object.fromEntries(container.env.map(({ name, value }) => [name, value]));
  for (const name of Object.keys(env)) if (!settings.includes(`'${name}'`)) problem(where, `nothing reads ${name}`);
  for (const name of [
    'ALERTAGENT_ENDPOINT',
    'ALERTAGENT_TOKEN_FILE',
    'CLUSTER_ID',
    'CONFIG_TYPE',
    'CONFIG_PATH',
    'RELOAD_URL',
  ])
    if (!env[name]) problem(where, `is not given ${name}`);
  if (env.ALERTAGENT_TOKEN) problem(where, 'has its token in the manifest');
  const isWriter = env.TRANSPORT === 'configmap';
  if (isWriter !== (stage === 'sidecar-configmap')) problem(where, `TRANSPORT does not go with the image ${stage}`);
  if (isWriter) checkRole(where, env.CONFIGMAP);
  checkPaths(where, container, [env.CONFIG_PATH, env.ALERTAGENT_TOKEN_FILE]);
  const mount = (container.volumeMounts ?? []).find(({ mountPath }) => env.CONFIG_PATH?.startsWith(`${mountPath}/`));
  if (mount?.readOnly) problem(where, 'cannot write its CONFIG_PATH');
}

function checkPaths(where, { volumeMounts = [] }, paths) {
  for (const path of paths.filter(Boolean))
    if (!volumeMounts.some(({ mountPath }) => path === mountPath || path.startsWith(`${mountPath}/`)))
      problem(where, `${path} is on no volume`);
}

function checkRole(where, configMap) {
  const roles = objects.filter(({ value }) => value.kind === 'Role').flatMap(({ value }) => value.rules);
  for (const { resources, resourceNames = [], verbs } of roles) {
    if (resourceNames.join() !== configMap?.split('/')[1]) problem(where, 'its Role is not about its ConfigMap alone');
    if (resources.join() !== 'configmaps' || [...verbs].sort().join() !== 'get,patch')
      problem(where, 'its Role allows more than to get and patch a ConfigMap');
  }
  if (roles.length === 0) problem(where, 'has no Role');
}

/** Both sides of a file: what the sidecar writes is on the volume where the target looks. */
function checkRuleFiles() {
  const config = objects.find(({ value }) => value.kind === 'ConfigMap')?.value.data['prometheus.yml'] ?? '';
  const [pattern = ''] = parse(config)?.rule_files ?? [];
  const sidecars = pods()
    .flatMap(({ spec }) => spec.containers)
    .filter(({ image }) => image === 'alertagent/sidecar:0.1.0');
  const paths = sidecars.map(({ env }) => env.find(({ name }) => name === 'CONFIG_PATH')?.value ?? '');
  if (!paths.some((path) => path.endsWith('.yml') && pattern === path.replace(/[^/]+$/, '*.yml')))
    problem('prometheus.yml', `rule_files ${pattern} does not match what a sidecar writes (${paths.join(', ')})`);
}

for (const { where, value } of objects) {
  const type = MODELS[`${value?.apiVersion}/${value?.kind}`];
  if (!type) problem(where, 'is of a kind that is not expected here');
  else checkModel(where, value, type);
  if (value?.metadata?.namespace !== 'monitoring') problem(where, 'is not in the namespace monitoring');
  if (/^Cluster(Role|RoleBinding)$/.test(value?.kind)) problem(where, 'has rights in the whole cluster');
  if (value?.kind === 'StatefulSet') checkSet(where, value);
  if (value?.kind === 'Service' && !pods().some(({ metadata }) => includes(metadata.labels, value.spec.selector)))
    problem(where, 'selects no pod');
}
checkRuleFiles();
for (const each of problems) console.error(each);
if (problems.length > 0) process.exit(1);
console.log(
  `${folder} holds: ${objects.length} objects, every field known to the client's models; no API server was asked`,
);
