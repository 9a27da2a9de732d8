// `node deploy/compose/make-env.mjs`: writes .env with a random value for every variable docker-compose.yml requires.
// An existing .env is completed, never changed.
import { randomBytes } from 'node:crypto';
import { appendFileSync, chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';

const required = new Set(
  [...readFileSync('docker-compose.yml', 'utf8').matchAll(/\$\{([A-Z0-9_]+):\?/g)].map(([, name]) => name),
);
if (!existsSync('.env'))
  writeFileSync('.env', '# Secrets of docker-compose.yml. Keep it out of version control.\n', { mode: 0o600 });
chmodSync('.env', 0o600);
const present = new Set([...readFileSync('.env', 'utf8').matchAll(/^([A-Z0-9_]+)=/gm)].map(([, name]) => name));
const missing = [...required].filter((name) => !present.has(name));
// A letter first: nats-server would read a value that begins like a number as one. Hex needs no escaping inside a URL.
appendFileSync('.env', missing.map((name) => `${name}=s${randomBytes(24).toString('hex')}\n`).join(''));
console.log(missing.length > 0 ? `.env: added ${missing.join(', ')}` : '.env holds every required variable');
