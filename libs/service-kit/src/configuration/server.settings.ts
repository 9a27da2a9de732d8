import { Max, Min } from 'class-validator';
import type { ServiceName } from '@alertagent/contracts';
import { IsAddress } from './address';
import { Section, Setting } from './setting';

/** `embedded`: one machine, SQLite allowed, migrations run at start. `production`: several replicas, migrations are a command. */
export const SERVER_MODES = ['embedded', 'production'] as const;
export type ServerMode = (typeof SERVER_MODES)[number];

/** Loopback port of each service's /health, /ready and /metrics. */
export class OpsPortSettings {
  @Setting({ type: 'integer', doc: 'Operations port of the gateway.' })
  @Min(0)
  @Max(65535)
  gateway: number = 8090;

  @Setting({ type: 'integer', doc: 'Operations port of the rules service.' })
  @Min(0)
  @Max(65535)
  rules: number = 8091;

  @Setting({ type: 'integer', doc: 'Operations port of the clusters service.' })
  @Min(0)
  @Max(65535)
  clusters: number = 8092;

  @Setting({ type: 'integer', doc: 'Operations port of the config service.' })
  @Min(0)
  @Max(65535)
  config: number = 8093;

  @Setting({ type: 'integer', doc: 'Operations port of the ai service.' })
  @Min(0)
  @Max(65535)
  ai: number = 8094;
}

/** Where AlertAgent listens. */
export class ServerSettings {
  @Setting({
    type: 'text',
    env: 'ALERTAGENT_HTTP_HOST',
    doc: 'Address the public API and the config service listen on. The default is reachable from this machine only.',
  })
  host: string = '127.0.0.1';

  @Setting({
    type: 'integer',
    env: 'ALERTAGENT_HTTP_PORT',
    doc: 'Port of the public API (gateway); 0 picks a free one.',
  })
  @Min(0)
  @Max(65535)
  port: number = 8080;

  @Setting({
    type: 'integer',
    env: 'ALERTAGENT_CONFIG_PORT',
    doc: 'Port of the config service, which sidecars may use directly; 0 picks a free one.',
  })
  @Min(0)
  @Max(65535)
  config_port: number = 8081;

  @Setting({
    type: 'text',
    env: 'ALERTAGENT_CONFIG_URL',
    doc: 'Address under which the gateway reaches the config service. Default: http://127.0.0.1:<config_port>.',
  })
  @IsAddress(['http', 'https'])
  config_url?: string;

  @Setting({
    type: 'text',
    env: 'ALERTAGENT_MODE',
    oneOf: SERVER_MODES,
    doc: '`embedded` migrates the database at start and stops at once; `production` expects migrations to have been run and drains for 5 s before it stops.',
  })
  mode: ServerMode = 'embedded';

  @Setting({
    type: 'text',
    env: 'ALERTAGENT_PUBLIC_URL',
    doc: 'Address under which Alertmanagers, sidecars and workflows reach the public API. Default: http://<host>:<port>, with 127.0.0.1 for a wildcard host.',
  })
  @IsAddress(['http', 'https'])
  public_url?: string;

  @Setting({
    type: 'text',
    env: 'ALERTAGENT_OPS_HOST',
    doc: 'Address that /health, /ready and /metrics of each service listen on.',
  })
  ops_host: string = '127.0.0.1';

  @Setting({
    type: 'integer',
    env: 'ALERTAGENT_OPS_PORT',
    doc: 'Operations port of this one process; wins over `ops_ports`. 0 picks a free one.',
  })
  @Min(0)
  @Max(65535)
  ops_port?: number;

  @Section(() => OpsPortSettings, 'Operations port of each service.')
  ops_ports: OpsPortSettings = new OpsPortSettings();

  /** The operations port `service` should listen on. */
  opsPortOf(service: ServiceName): number {
    return this.ops_port ?? this.ops_ports[service];
  }

  /** Where the gateway forwards sidecars' requests to; never ends in a slash. */
  configServiceUrl(): string {
    return (this.config_url ?? `http://127.0.0.1:${this.config_port}`).replace(/\/+$/, '');
  }

  /** The address other programs use; never ends in a slash. */
  publicUrl(): string {
    const wildcard = ['0.0.0.0', '::', ''].includes(this.host);
    const host = wildcard ? '127.0.0.1' : this.host.includes(':') ? `[${this.host}]` : this.host;
    return (this.public_url ?? `http://${host}:${this.port}`).replace(/\/+$/, '');
  }
}
