import { createHash, generateKeyPairSync } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Random } from '../random';
import type { GoodAnswer, Tamper, Tampered } from './tampering-proxy';

/** The bytes of an HTTP answer. */
function http(status: string, headers: Record<string, string>, body: Buffer): Buffer {
  const lines = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n`), body]);
}

/** A complete answer whose length is right. */
function whole(headers: Record<string, string>, body: Buffer): Tampered {
  return { bytes: http('200 OK', { ...headers, 'content-length': String(body.length) }, body) };
}

/** The good answer, broken off after a random byte: in the status line, the headers or the body. */
export function cutAnywhere(random: Random): Tamper {
  return ({ headers, body }) => {
    const { bytes } = whole(headers, body);
    return { bytes: bytes.subarray(0, random.between(1, bytes.length - 1)) };
  };
}

/** The good answer in small pieces; nothing is wrong with it. */
export function sliced({ headers, body }: GoodAnswer): Tampered {
  return { ...whole(headers, body), sliceBytes: 97 };
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const FOREIGN_KEY = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
const HTML = Buffer.from('<html><body>Please log in to the guest network</body></html>');

/** Every way to spoil a download that is known, by name. `first` is the first good answer ever seen. */
export function badAnswers(random: Random, first: () => GoodAnswer): Readonly<Record<string, Tamper>> {
  const shorter = (body: Buffer): Buffer => body.subarray(0, random.between(1, body.length - 1));
  const flipped = (body: Buffer): Buffer => {
    const copy = Buffer.from(body);
    const at = random.between(0, copy.length - 1);
    copy[at] = copy[at]! ^ (1 << random.between(0, 6));
    return copy;
  };
  const withHeader = (name: string, value: (good: GoodAnswer) => string): Tamper => {
    return (good) => whole({ ...good.headers, [name]: value(good) }, good.body);
  };
  return {
    cut: cutAnywhere(random),
    'cut in slices': (good) => ({ ...cutAnywhere(random)(good), sliceBytes: 53 }),
    'short body, right length': ({ headers, body }) => whole(headers, shorter(body)),
    'whole groups missing': ({ headers, body }) => {
      const end = body.lastIndexOf('      - alert:');
      return whole(headers, body.subarray(0, end > 0 ? end : body.length - 1));
    },
    empty: ({ headers }) => whole(headers, Buffer.alloc(0)),
    'empty without headers': () => whole({}, Buffer.alloc(0)),
    'no rules, said to be confirmed': ({ headers }) => {
      const body = Buffer.from('groups: []\n');
      const claims = { 'x-config-hash': sha256(body), 'x-config-rules': '0', 'x-config-empty': 'confirmed' };
      return whole({ ...headers, ...claims }, body);
    },
    'HTML of a captive portal': () => whole({ 'content-type': 'text/html' }, HTML),
    'HTML under the right headers': ({ headers }) => whole(headers, HTML),
    'one bit flipped': ({ headers, body }) => whole(headers, flipped(body)),
    'one bit flipped, hash made to fit': ({ headers, body }) => {
      const other = flipped(body);
      return whole({ ...headers, 'x-config-hash': sha256(other) }, other);
    },
    'a threshold changed': ({ headers, body }) =>
      whole(headers, Buffer.from(body.toString('utf8').replace('vector(0) > 1', 'vector(0) > 0'))),
    'another hash': withHeader('x-config-hash', () => sha256(HTML)),
    'another signature': withHeader('x-config-signature', () => Buffer.alloc(64, 7).toString('base64')),
    'no signature': withHeader('x-config-signature', () => ''),
    'another key': withHeader('x-config-key', () => FOREIGN_KEY),
    'another cluster': withHeader('x-config-cluster', () => '01900000-0000-7000-8000-0000000000ff'),
    'a higher revision': withHeader(
      'x-config-revision',
      ({ headers }) => `${Number(headers['x-config-revision']) + 1}`,
    ),
    'another number of rules': withHeader(
      'x-config-rules',
      ({ headers }) => `${Number(headers['x-config-rules']) - 1}`,
    ),
    'the body twice': ({ headers, body }) => whole(headers, Buffer.concat([body, body])),
    'a second YAML document': ({ headers, body }) =>
      whole(headers, Buffer.concat([body, Buffer.from('---\ngroups: []\n')])),
    'compressed bytes': ({ headers, body }) => whole(headers, gzipSync(body)),
    'the first revision again': () => whole(first().headers, first().body),
    redirect: () => ({
      bytes: http('302 Found', { location: 'http://127.0.0.1:9/', 'content-length': '0' }, Buffer.alloc(0)),
    }),
    'no HTTP at all': () => ({ bytes: Buffer.from('groups: []\n') }),
  };
}
