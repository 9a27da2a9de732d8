// Writes docs/configuration.md from the configuration classes; with --check it compares instead.
import { createRequire } from 'node:module';
import { checkedIn } from './checked-in.mjs';

const require = createRequire(new URL('../../libs/service-kit/package.json', import.meta.url));
require('reflect-metadata');
const { renderReference } = require('@alertagent/service-kit');

checkedIn('docs/configuration.md', renderReference(), 'npm run config:reference');
