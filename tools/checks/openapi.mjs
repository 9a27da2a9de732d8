// Writes apps/gateway/openapi.json from the routes and the classes they validate with; with --check it compares instead.
import { createRequire } from 'node:module';
import { checkedIn } from './checked-in.mjs';

const require = createRequire(new URL('../../apps/gateway/package.json', import.meta.url));
require('reflect-metadata');
const { describeApi } = require('../../apps/gateway/dist/openapi/describe-api.js');

checkedIn('apps/gateway/openapi.json', `${JSON.stringify(await describeApi(), null, 2)}\n`, 'npm run openapi');
