/** One NATS user and the subjects it may use; everything else is refused. */
export interface NatsUser {
  user: string;
  password: string;
  /** Subjects it may publish to, with NATS wildcards. Replies to requests it received are allowed anyway. */
  publish: readonly string[];
  /** Subjects it may subscribe to, with NATS wildcards; its own inbox belongs here. */
  subscribe: readonly string[];
}

const CONTROL = /[\u0000-\u001f\u007f]/;

/** A quoted string of the NATS configuration language. Errors: control characters, which could end the line it stands on. */
function quote(value: string, what: string): string {
  if (CONTROL.test(value)) throw new Error(`${what} must not contain control characters.`);
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

function quoteSubjects(subjects: readonly string[], user: string): string {
  for (const subject of subjects) {
    if (subject === '' || /\s/.test(subject))
      throw new Error(`A subject of the NATS user ${user} is empty or contains white space.`);
  }
  return `[${subjects.map((subject) => quote(subject, 'A NATS subject')).join(', ')}]`;
}

function renderUser({ user, password, publish, subscribe }: NatsUser): string {
  if (user === '' || password === '') throw new Error('A NATS user needs a name and a password.');
  // nats-server takes such a value for a bcrypt hash, and the plain password would no longer open the door.
  if (/^\$2[abxy]\$/.test(password))
    throw new Error(`The password of the NATS user ${user} must not start like a bcrypt hash.`);
  return `    {
      user: ${quote(user, 'A NATS user name')}
      password: ${quote(password, 'A NATS password')}
      permissions: {
        publish: { allow: ${quoteSubjects(publish, user)} }
        subscribe: { allow: ${quoteSubjects(subscribe, user)} }
        allow_responses: true
      }
    }`;
}

/**
 * The `authorization` block for a nats-server: one user per entry, each with allow-lists.
 * Errors: an empty list (a server without users lets everybody in), names used twice, values that can't be quoted safely.
 */
export function writeNatsConfig(users: readonly NatsUser[]): string {
  if (users.length === 0) throw new Error('A NATS server with access control needs at least one user.');
  const names = users.map(({ user }) => user);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`The NATS user ${twice} is defined twice.`);
  return `authorization: {\n  users: [\n${users.map(renderUser).join('\n')}\n  ]\n}\n`;
}

/** The settings of a whole single-node server; see `renderNatsServerConfig`. */
export interface NatsServerSettings {
  port: number;
  /** Folder of the JetStream files. */
  storeDir: string;
  /** How this server calls itself; tells it from a stranger on the same port. */
  serverName: string;
  /** Largest message in bytes. */
  maxPayload: number;
  /** Port on 127.0.0.1 for its HTTP monitoring pages; none unless given. */
  monitorPort?: number;
  /** Users with allow-lists; without them everybody on this machine may do everything. */
  users?: readonly NatsUser[];
}

/** A nats-server configuration file: JetStream, loopback only, no cluster. */
export function renderNatsServerConfig(settings: NatsServerSettings): string {
  const lines = [
    `listen: "127.0.0.1:${settings.port}"`,
    `server_name: ${quote(settings.serverName, 'The NATS server name')}`,
    `max_payload: ${settings.maxPayload}`,
    `jetstream: { store_dir: ${quote(settings.storeDir, 'The JetStream folder')} }`,
  ];
  if (settings.monitorPort !== undefined) lines.push(`http: "127.0.0.1:${settings.monitorPort}"`);
  if (settings.users) lines.push(writeNatsConfig(settings.users));
  return `${lines.join('\n')}\n`;
}
