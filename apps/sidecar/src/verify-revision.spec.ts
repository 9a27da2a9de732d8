import { generateKeyPairSync, sign } from 'node:crypto';
import type { ExchangeAnswer } from './http-exchange';
import { RefusedRevision, removalText, sha256, signedText, verifyRevision, type Trust } from './verify-revision';

const keys = generateKeyPairSync('ed25519');
const KEY = keys.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
const BODY = Buffer.from('groups: []\n');
const fresh: Trust = {
  type: 'prometheus-rules',
  clusterSetting: 'local',
  clusterId: null,
  pinnedKey: null,
  retiredKeys: [],
  highest: null,
};

function answer(
  changes: {
    revision?: number;
    rules?: number;
    empty?: boolean;
    cluster?: string;
    signedCluster?: string;
    from?: string[];
    /** Changes what the confirmation of the removal is signed for. */
    signedRemoval?: { clusterId?: string; revision?: number; hash?: string; confirmedFrom?: string[] };
    headers?: Record<string, string | undefined>;
  } = {},
): ExchangeAnswer {
  const { revision = 3, rules = 2, empty = false, cluster = 'c1' } = changes;
  const text = signedText({
    clusterId: changes.signedCluster ?? cluster,
    type: 'prometheus-rules',
    revision,
    hash: sha256(BODY),
    length: BODY.length,
    rules,
    emptyConfirmed: empty,
  });
  const { from = [], signedRemoval = {} } = changes;
  const removal = removalText({
    clusterId: cluster,
    type: 'prometheus-rules',
    revision,
    hash: sha256(BODY),
    confirmedFrom: from,
    ...signedRemoval,
  });
  const headers = {
    etag: '"3-abc"',
    'x-config-hash': sha256(BODY),
    'x-config-revision': String(revision),
    'x-config-cluster': cluster,
    'x-config-rules': String(rules),
    'x-config-empty': empty ? 'confirmed' : undefined,
    'x-config-signature': sign(null, text, keys.privateKey).toString('base64'),
    'x-config-key': KEY,
    ...(from.length > 0
      ? {
          'x-config-removal': from.join(','),
          'x-config-removal-signature': sign(null, removal, keys.privateKey).toString('base64'),
        }
      : {}),
    ...changes.headers,
  };
  return { status: 200, headers, body: BODY };
}

describe('verifying a revision', () => {
  it('returns what was signed', () => {
    expect(verifyRevision(answer(), fresh)).toMatchObject({
      clusterId: 'c1',
      key: KEY,
      revision: 3,
      rules: 2,
      emptyConfirmed: false,
      etag: '"3-abc"',
    });
  });

  it('signs the text that the config service signs', () => {
    expect(
      signedText({
        clusterId: 'c',
        type: 'alertmanager-config',
        revision: 7,
        hash: 'h',
        length: 9,
        rules: 0,
        emptyConfirmed: false,
      }).toString(),
    ).toBe('alertagent-config-v1\nc\nalertmanager-config\n7\nh\n9\n0\n');
  });

  it.each<[string, ExchangeAnswer, Partial<Trust>, RegExp]>([
    ['another cluster than the one signed for', answer({ signedCluster: 'c2' }), {}, /signature/],
    ['a number that was raised', answer({ headers: { 'x-config-revision': '9' } }), {}, /signature/],
    ['a number that is none', answer({ headers: { 'x-config-revision': '1e3' } }), {}, /whole number/],
    ['an empty mark that was added', answer({ rules: 0, headers: { 'x-config-empty': 'confirmed' } }), {}, /signature/],
    ['a missing header', answer({ headers: { 'x-config-key': undefined } }), {}, /lacks x-config-key/],
    ['a key that is none', answer({ headers: { 'x-config-key': 'AAAA' } }), {}, /not an Ed25519/],
    ['another key than the pinned one', answer(), { pinnedKey: 'other' }, /another key/],
    ['a key that was retired', answer(), { pinnedKey: 'other', retiredKeys: [KEY] }, /a key that was retired/],
    ['the signature of another type', answer(), { type: 'alertmanager-config' }, /signature/],
    ['another cluster than before', answer(), { clusterId: 'c9' }, /another id than before/],
    ['an older revision', answer(), { highest: { revision: 4, hash: 'x', etag: null } }, /older/],
    [
      'the same revision with another content',
      answer(),
      { highest: { revision: 3, hash: 'x', etag: null } },
      /another content/,
    ],
    ['no rules without a confirmation', answer({ rules: 0 }), {}, /nobody confirmed/],
  ])('refuses %s', (_what, given, trust, reason) => {
    const attempt = (): unknown => verifyRevision(given, { ...fresh, ...trust });
    expect(attempt).toThrow(RefusedRevision);
    expect(attempt).toThrow(reason);
  });

  it('refuses the confirmation of one empty revision on the next one', () => {
    const confirmed = answer({ revision: 3, rules: 0, empty: true });
    const replayed: ExchangeAnswer = { ...confirmed, headers: { ...confirmed.headers, 'x-config-revision': '4' } };
    expect(() => verifyRevision(replayed, fresh)).toThrow(/signature/);
  });

  it('tells from which contents the removal of many rules was confirmed', () => {
    expect(verifyRevision(answer({ from: ['aa', 'bb'] }), fresh).confirmedFrom).toEqual(['aa', 'bb']);
    expect(verifyRevision(answer(), fresh).confirmedFrom).toEqual([]);
  });

  it.each<[string, ExchangeAnswer]>([
    ['from a content that was added', answer({ from: ['aa'], signedRemoval: { confirmedFrom: ['bb'] } })],
    ['of another cluster', answer({ from: ['aa'], signedRemoval: { clusterId: 'c2' } })],
    ['of another revision', answer({ from: ['aa'], signedRemoval: { revision: 2 } })],
    ['to another content', answer({ from: ['aa'], signedRemoval: { hash: sha256(Buffer.from('other')) } })],
    ['that nobody signed', answer({ headers: { 'x-config-removal': 'aa', 'x-config-removal-signature': 'AAAA' } })],
  ])('refuses the confirmation of a removal %s', (_what, given) => {
    expect(() => verifyRevision(given, fresh)).toThrow(/the removal that is said to be confirmed/);
  });

  it('accepts a confirmed empty set, and an Alertmanager configuration without rules', () => {
    expect(verifyRevision(answer({ rules: 0, empty: true }), fresh).emptyConfirmed).toBe(true);
  });
});
