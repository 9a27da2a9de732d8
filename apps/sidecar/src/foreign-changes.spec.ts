import { ForeignChanges } from './foreign-changes';

describe('changes of a file by others', () => {
  let changes: ForeignChanges;

  beforeEach(() => {
    changes = new ForeignChanges();
  });

  const conflict = (): void => {
    for (let look = 0; look < 4; look += 1) changes.seen('a');
  };

  it('are repaired three times within ten looks and called a conflict the fourth time', () => {
    expect(['a', 'a', null, 'a'].map((hash) => changes.seen(hash))).toEqual(['repair', 'repair', 'repair', 'conflict']);
    expect(changes.isConflict).toBe(true);
  });

  it('are a conflict too when the other manager comes only at every second look', () => {
    const answers = Array.from({ length: 4 }, () => {
      changes.ours();
      return changes.seen('a');
    });
    expect(answers.at(-1)).toBe('conflict');
  });

  it('are repaired for ever when they are rarer than that', () => {
    for (let edit = 0; edit < 20; edit += 1) {
      expect(changes.seen('a')).toBe('repair');
      for (let look = 0; look < 3; look += 1) changes.ours();
    }
  });

  it('stay a conflict while the other one goes on changing the file', () => {
    conflict();
    for (let change = 0; change < 30; change += 1) expect(changes.seen(`content ${change}`)).toBe('conflict');
  });

  it('are repaired again once the other one has left the file alone for ten looks', () => {
    conflict();
    for (let look = 1; look < 10; look += 1) expect(changes.seen('a')).toBe('conflict');
    expect(changes.seen('a')).toBe('repair');
    expect(changes.isConflict).toBe(false);
  });

  it('are no conflict any more when the other one puts our content back', () => {
    conflict();
    changes.ours();
    expect(changes.isConflict).toBe(false);
    expect(changes.seen('b')).toBe('repair');
  });
});
