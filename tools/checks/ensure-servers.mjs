// Finds or installs every server the tests need, and says what it does.
import { createRequire } from 'node:module';

const require = createRequire(new URL('../local-stack/package.json', import.meta.url));
const { ensureBinaries, ensureN8n } = require('../local-stack/dist/index.js');

const external = process.env.ALERTAGENT_TEST_MYSQL_URL ? [] : ['mariadbd', 'mariadb-install-db'];
try {
  const found = await ensureBinaries(
    [
      'nats-server',
      'prometheus',
      'promtool',
      'alertmanager',
      'amtool',
      'redis-server',
      'influxd',
      'victoria-metrics',
      ...external,
    ],
    { log: console.log },
  );
  for (const [name, path] of Object.entries(found)) console.log(`${name}: ${path}`);
  console.log(`n8n: ${(await ensureN8n(console.log)).program}`);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
