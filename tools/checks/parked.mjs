// `npm run parked -- list | replay <service> <id> | delete <service> <id>`: parked events over the REST API.
// Needs ALERTAGENT_TOKEN (admin); ALERTAGENT_ENDPOINT defaults to http://127.0.0.1:8080.
const USAGE =
  'usage: npm run parked -- list | replay <service> <id> | delete <service> <id>\n  ALERTAGENT_TOKEN=<admin token>  ALERTAGENT_ENDPOINT=http://127.0.0.1:8080';
const [command, service, id] = process.argv.slice(2);
const { ALERTAGENT_ENDPOINT: endpoint = 'http://127.0.0.1:8080', ALERTAGENT_TOKEN: token } = process.env;

async function call(method, path) {
  const response = await fetch(`${endpoint}/api/v1/parked-events${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
  });
  const body = await response.text();
  if (!response.ok) {
    console.error(`${response.status}: ${body}`);
    process.exit(1);
  }
  return body ? JSON.parse(body) : null;
}

if (command === '--help' || !command || !token || (command !== 'list' && !(service && id))) {
  console.error(token || command === '--help' ? USAGE : `ALERTAGENT_TOKEN is not set\n${USAGE}`);
  process.exit(command === '--help' ? 0 : 64);
} else if (command === 'list') {
  for (let cursor = null; ;) {
    const page = await call('GET', `?limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
    for (const event of page.items)
      console.log(`${event.service} ${event.id} ${event.parked_at} ${event.handler}: ${event.reason}`);
    cursor = page.next_cursor;
    if (!cursor) break;
  }
} else if (command === 'replay') {
  await call('POST', `/${encodeURIComponent(service)}/${encodeURIComponent(id)}/replay`);
  console.log('replayed');
} else if (command === 'delete') {
  await call('DELETE', `/${encodeURIComponent(service)}/${encodeURIComponent(id)}`);
  console.log('deleted');
} else {
  console.error(USAGE);
  process.exit(64);
}
