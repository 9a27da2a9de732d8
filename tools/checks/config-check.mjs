// `npm run config:check [-- file]`: reads alertagent.yml and the environment as a service would, starts nothing.
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../libs/service-kit/package.json', import.meta.url));
require('reflect-metadata');
const { loadConfiguration, ConfigurationError } = require('@alertagent/service-kit');

const [file] = process.argv.slice(2);
try {
  loadConfiguration({ env: process.env, ...(file ? { file } : {}) });
  console.log('The configuration is valid.');
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  console.error(error.message);
  process.exit(78);
}
