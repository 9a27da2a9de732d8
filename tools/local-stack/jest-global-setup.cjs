// One MariaDB for a whole Jest run instead of one per test file: `globalSetup` of a project that wants it.
// Workers inherit the variable; `testMariadb()` makes throw-away databases on that server. Needs the built package.
module.exports = async () => {
  if (process.env.ALERTAGENT_TEST_MYSQL_URL) return;
  const { startMariadb } = require('./dist/index.js');
  const server = await startMariadb();
  process.env.ALERTAGENT_TEST_MYSQL_URL = server.url('');
  globalThis.alertagentTestMariadb = server;
};
