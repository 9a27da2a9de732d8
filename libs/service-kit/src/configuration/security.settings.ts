import { MinLength } from 'class-validator';
import { AreOutboundExceptions } from './address';
import { Setting } from './setting';

/** First access, keys, and where requests may go. */
export class SecuritySettings {
  @Setting({
    type: 'text',
    env: 'ALERTAGENT_ADMIN_TOKEN',
    secret: true,
    doc: 'Administrator token accepted from the first start. Without it one is generated, printed once and stored in `data_dir`. At least 8 characters; generate a long random one.',
  })
  @MinLength(8, { message: 'must have at least 8 characters' })
  admin_token?: string;

  @Setting({
    type: 'text',
    env: 'ALERTAGENT_SECRET_KEY',
    secret: true,
    doc: 'Key that secrets in the database are encrypted with; the same for all services. Without it one is generated in `data_dir`. At least 32 characters.',
  })
  @MinLength(32, { message: 'must have at least 32 characters' })
  secret_key?: string;

  @Setting({
    type: 'list',
    env: 'ALERTAGENT_OUTBOUND_ALLOW',
    doc: 'Private networks, hosts or origins that outgoing requests may reach besides the addresses configured here, e.g. `10.0.0.0/8`. Loopback, link-local and private ranges are refused otherwise.',
  })
  @AreOutboundExceptions()
  outbound_allow: string[] = [];
}
