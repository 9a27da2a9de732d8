import { IsAddress } from './address';
import { Setting } from './setting';

/** The NATS server that carries requests and events between the services. */
export class NatsSettings {
  @Setting({
    type: 'text',
    env: 'ALERTAGENT_NATS_URL',
    doc: 'Address of the server. Without it `npm start` runs a private one, and a service started alone tries nats://127.0.0.1:4222.',
  })
  @IsAddress(['nats', 'tls'])
  url?: string;

  @Setting({
    type: 'text',
    env: 'ALERTAGENT_NATS_USER',
    doc: 'User to connect as. Give each service its own, with the permissions of deploy/nats.',
  })
  username?: string;

  @Setting({ type: 'text', env: 'ALERTAGENT_NATS_PASSWORD', secret: true, doc: 'Password of the user.' })
  password?: string;

  /** The address to connect to. */
  connectionUrl(): string {
    return this.url ?? 'nats://127.0.0.1:4222';
  }
}
