import { waitMs } from './config-query';
import { matchesTag } from './entity-tags';

const query = (wait?: string) => ({ cluster_id: 'c', type: 'prometheus-rules' as const, ...(wait ? { wait } : {}) });

describe('the query', () => {
  it('waits not at all unless asked, and never longer than a minute', () => {
    expect([query(), query('30s'), query('1m30s'), query('100h')].map(waitMs)).toEqual([0, 30_000, 60_000, 60_000]);
  });
});

describe('If-None-Match', () => {
  it.each([
    ['"1-ab"', true],
    ['W/"1-ab"', true],
    ['"0-x", "1-ab"', true],
    ['"1-abc"', false],
    ['1-ab', false],
    [undefined, false],
  ])('%s matches the tag "1-ab": %s', (header, matches) => {
    expect(matchesTag(header, '"1-ab"')).toBe(matches);
  });
});
