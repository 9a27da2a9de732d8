// Writes deploy/nats/nats-server.conf: one user per service, with the permissions the contracts give it. Passwords are
// variables that nats-server takes from its environment. With --check it compares instead.
import { createRequire } from 'node:module';
import { checkedIn } from './checked-in.mjs';

const require = createRequire(new URL('../../libs/contracts/package.json', import.meta.url));
require('reflect-metadata');
const { natsPermissions, SERVICE_NAMES } = require('@alertagent/contracts');

const list = (subjects) => subjects.map((subject) => `            ${JSON.stringify(subject)}`).join('\n');

function user(service) {
  const { publish, subscribe } = natsPermissions(service);
  return `    {
      user: ${service}
      password: $NATS_${service.toUpperCase()}_PASSWORD
      permissions: {
        publish: {
          allow: [
${list(publish)}
          ]
        }
        subscribe: {
          allow: [
${list(subscribe)}
          ]
        }
        allow_responses: true
      }
    }`;
}

const content = `# Generated from libs/contracts by tools/checks/nats-config.mjs; do not edit.
# Begin each password with a letter: nats-server reads a value that looks like a number as one.
server_name: alertagent
listen: "0.0.0.0:4222"
# For the health check; publish this port to nobody, it needs no password.
http: "127.0.0.1:8222"
max_payload: 1048576
jetstream: { store_dir: "/data" }

authorization: {
  users: [
${SERVICE_NAMES.map(user).join('\n')}
  ]
}
`;

checkedIn('deploy/nats/nats-server.conf', content, 'node tools/checks/nats-config.mjs');
