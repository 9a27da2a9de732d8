// Writes deploy/nats/nats-server.conf: one user per service, with the permissions the contracts give it. Passwords are
// variables that nats-server takes from its environment. With --check it compares instead. With --integration <name> it prints
// the user of an integration, which reads the gateway's events and may do nothing else.
import { createRequire } from 'node:module';
import { checkedIn } from './checked-in.mjs';

const require = createRequire(new URL('../../libs/contracts/package.json', import.meta.url));
require('reflect-metadata');
const { integrationPermissions, natsPermissions, SERVICE_NAMES } = require('@alertagent/contracts');

const list = (subjects) => subjects.map((subject) => `            ${JSON.stringify(subject)}`).join('\n');

function user(name, { publish, subscribe }, answersRequests) {
  return `    {
      user: ${name}
      password: $NATS_${name.toUpperCase().replaceAll('-', '_')}_PASSWORD
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
${answersRequests ? '        allow_responses: true\n' : ''}      }
    }`;
}

const at = process.argv.indexOf('--integration');
if (at > 0) {
  try {
    console.log(user(process.argv[at + 1] ?? '', integrationPermissions(process.argv[at + 1] ?? ''), false));
    process.exit(0);
  } catch (error) {
    console.error(error.message);
    process.exit(64);
  }
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
${SERVICE_NAMES.map((service) => user(service, natsPermissions(service), true)).join('\n')}
  ]
}
`;

checkedIn('deploy/nats/nats-server.conf', content, 'node tools/checks/nats-config.mjs');
