import { signedRemoval, signedText, type SignedFacts } from './signed-text';

const facts: SignedFacts = {
  clusterId: 'c1',
  type: 'prometheus-rules',
  revision: 7,
  hash: 'ab',
  bytes: 12,
  rules: 0,
  emptyConfirmed: true,
  confirmedFrom: ['cd', 'ef'],
};

describe('the signed text', () => {
  it('has the lines that sidecars expect', () => {
    expect(signedText(facts).toString()).toBe('alertagent-config-v1\nc1\nprometheus-rules\n7\nab\n12\n0\nconfirmed');
    expect(signedText({ ...facts, emptyConfirmed: false }).toString()).toBe(
      'alertagent-config-v1\nc1\nprometheus-rules\n7\nab\n12\n0\n',
    );
  });

  it('has a text of its own for the removal of many rules, and none without one', () => {
    expect(signedRemoval(facts)?.toString()).toBe('alertagent-removal-v1\nc1\nprometheus-rules\n7\nab\ncd\nef');
    expect(signedRemoval({ ...facts, confirmedFrom: null })).toBeNull();
  });
});
