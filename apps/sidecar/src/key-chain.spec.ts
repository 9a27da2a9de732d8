import { generateKeyPairSync, sign } from 'node:crypto';
import { followChain, keyStatementText, readStatements, type KeyStatement } from './key-chain';

const pairs = Array.from({ length: 4 }, () => generateKeyPairSync('ed25519'));
const texts = pairs.map(({ publicKey }) => publicKey.export({ format: 'der', type: 'spki' }).toString('base64'));
const [first = '', second = '', third = '', stranger = ''] = texts;

/** A statement about two keys, signed by the first of them or by another one. */
function statement(previous: number, next: number, by = previous): KeyStatement {
  const [from, to, signer] = [texts[previous] ?? '', texts[next] ?? '', pairs[by]];
  if (!signer) throw new Error('no such key');
  const signature = sign(null, keyStatementText(from, to), signer.privateKey).toString('base64');
  return { previous: from, key: to, signature };
}
const keysOf = (steps: KeyStatement[]): string[] => steps.map(({ key }) => key);

describe('following the chain of keys', () => {
  const chain = [statement(0, 1), statement(1, 2)];

  it('signs the text that the config service signs', () => {
    expect(keyStatementText('a', 'b').toString()).toBe('alertagent-key-v1\na\nb');
  });

  it('leads from what is trusted to the newest key, in whatever order the statements come', () => {
    expect(keysOf(followChain(first, [], chain))).toEqual([second, third]);
    expect(keysOf(followChain(first, [], [...chain].reverse()))).toEqual([second, third]);
    expect(keysOf(followChain(second, [first], chain))).toEqual([third]);
  });

  it('stops where a statement is not signed by the key that is trusted there', () => {
    expect(followChain(first, [], [statement(0, 3, 3), statement(3, 3)])).toEqual([]);
    expect(keysOf(followChain(first, [], [statement(0, 1), statement(1, 2, 0)]))).toEqual([second]);
    expect(followChain(stranger, [], chain)).toEqual([]);
  });

  it('does not take a signature for other keys', () => {
    const moved = { ...statement(0, 1), key: stranger };
    expect(followChain(first, [], [moved])).toEqual([]);
  });

  it('never leads back to a retired key, nor in a circle', () => {
    expect(followChain(third, [first, second], [...chain, statement(2, 0)])).toEqual([]);
    expect(keysOf(followChain(first, [], [...chain, statement(2, 0)]))).toEqual([second, third]);
  });

  it('takes neither of two successors', () => {
    expect(followChain(first, [], [statement(0, 1), statement(0, 3)])).toEqual([]);
    expect(keysOf(followChain(first, [], [statement(0, 1), statement(0, 1)]))).toEqual([second]);
  });

  it('leaves out what is no statement or no key', () => {
    expect(readStatements({ statements: [null, { previous: first }, chain[0]] })).toEqual([chain[0]]);
    expect(readStatements('<html>')).toEqual([]);
    expect(followChain(first, [], [{ previous: first, key: 'AAAA', signature: 'AAAA' }])).toEqual([]);
  });
});
