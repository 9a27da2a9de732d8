// Counterpart of jest-global-setup.cjs.
module.exports = async () => {
  if (!globalThis.alertagentTestMariadb) return;
  await globalThis.alertagentTestMariadb.stop();
  delete process.env.ALERTAGENT_TEST_MYSQL_URL;
};
