export type { BinaryName } from './binaries/binary-catalogue';
export { findBinary } from './binaries/find-binary';
export { ensureBinaries, MissingBinariesError, type EnsureOptions } from './binaries/ensure-binaries';
export { AptArchive } from './binaries/apt-archive';
export { withDirectoryLock } from './binaries/directory-lock';
export { installDirectory } from './binaries/install-directory';
export { freePort, releasePort } from './free-port';
export { pollUntil, type PollOptions } from './poll-until';
export { makeTempDir, removeDir, withTempDir } from './temp-dir';
export { GuardedProcess, type GuardedCommand } from './processes/guarded-process';
export { compiledMain, serviceMain } from './processes/service-main';
export { serviceNodeFlags } from './processes/service-node-flags';
export type { RunningServer, ServerOptions } from './processes/running-server';
export { writeNatsConfig, type NatsUser } from './servers/nats-config';
export { startNats, type NatsOptions, type NatsServer } from './servers/start-nats';
export { startPrometheus, type PrometheusOptions, type PrometheusServer } from './servers/start-prometheus';
export {
  startAlertmanager,
  type AlertmanagerGossip,
  type AlertmanagerOptions,
  type AlertmanagerServer,
} from './servers/start-alertmanager';
export { startMariadb, type MariadbOptions, type MariadbServer } from './servers/start-mariadb';
export { startRedis, type RedisServer } from './servers/start-redis';
export { startInfluxdb, type InfluxdbServer } from './servers/start-influxdb';
export { startVictoriametrics, type VictoriametricsServer } from './servers/start-victoriametrics';
export { startVmalert, type VmalertOptions, type VmalertServer } from './servers/start-vmalert';
export { sharedStack, SharedStack, testMariadb, type TestDatabase, type TestMariadb } from './testing-stack';
export { ensureN8n, type N8nInstallation } from './servers/n8n-installation';
export { startN8n, type N8nCredentials, type N8nOptions, type N8nServer } from './servers/start-n8n';
