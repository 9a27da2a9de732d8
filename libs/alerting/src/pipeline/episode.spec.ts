import fc from 'fast-check';
import { inconsistencies, PipelineRun } from '../../test/pipeline-run';

const A = { replica: 'prometheus-0' };
const B = { replica: 'prometheus-1' };

describe('one alert', () => {
  it('fires once however often that is repeated, and ends once', () => {
    const run = new PipelineRun();
    const outcomes = [
      run.fire(),
      run.fire({ at: 10 }),
      run.fire({ at: 3600 }),
      run.end({ until: 4000 }),
      run.end({ until: 4000, at: 4001 }),
    ].map(({ disposition }) => disposition);
    expect(outcomes).toEqual(['opened', 'duplicate', 'duplicate', 'resolved', 'duplicate']);
    expect(run.episodes()).toHaveLength(1);
  });

  it('is not reopened by a firing event that arrives after its end, be it years later', () => {
    const run = new PipelineRun();
    run.fire();
    run.end({ until: 60 });
    expect(run.fire({ at: 61 }).disposition).toBe('stale');
    expect(run.fire({ at: 100_000_000 }).disposition).toBe('stale');
    expect(run.incidents()).toMatchObject([{ status: 'resolved' }]);
  });

  it('whose end arrives first is stored closed, opens nothing, and its late firing is history', () => {
    const run = new PipelineRun();
    const end = run.end({ until: 60 });
    expect(end).toMatchObject({ disposition: 'resolved', incident: { kind: 'none' } });
    expect(run.fire({ at: 61 }).disposition).toBe('stale');
    expect(run.incidents()).toEqual([]);
    expect(run.episodes()).toMatchObject([{ status: 'resolved', ended_by: 'resolved' }]);
  });

  it('that starts again later is a new episode; news of the earlier one stays history', () => {
    const run = new PipelineRun();
    run.fire();
    run.end({ until: 60 });
    expect(run.fire({ from: 120 }).disposition).toBe('opened');
    expect(run.end({ until: 60, at: 121 }).disposition).toBe('duplicate');
    expect(run.fire({ from: 30, at: 122 }).disposition).toBe('stale');
    expect(run.episodes().map(({ status }) => status)).toEqual(['resolved', 'firing']);
  });

  it('whose end was lost is ended by its next start, and its incident goes on with the successor', () => {
    const run = new PipelineRun();
    run.fire();
    const verdict = run.fire({ from: 100 });
    expect(verdict).toMatchObject({ disposition: 'merged', episode: { supersedes: true } });
    expect(run.episodes()).toMatchObject([
      { status: 'resolved', ended_by: 'superseded' },
      { status: 'firing', ended_by: null },
    ]);
    expect(run.incidents()).toMatchObject([{ status: 'open', alert_count: 2, firing_count: 1 }]);
    expect(run.moments()).not.toContain('resolved');
  });

  it('whose end was lost long ago resolves its old incident and opens another', () => {
    const run = new PipelineRun();
    run.fire();
    run.fire({ from: 4000 });
    expect(run.incidents()).toMatchObject([
      { status: 'resolved', firing_count: 0 },
      { status: 'open', firing_count: 1 },
    ]);
    expect(inconsistencies(run)).toEqual([]);
  });
});

describe('two replicas of a highly available pair', () => {
  it.each([
    ['the one that started first', 0, 5],
    ['the one that started last', 5, 0],
  ])('make one episode when %s is heard first', (_, first, second) => {
    const run = new PipelineRun();
    expect(run.fire({ labels: A, from: first, at: 6 }).disposition).toBe('opened');
    expect(run.fire({ labels: B, from: second, at: 7 }).disposition).toBe('duplicate');
    expect(run.episodes()).toMatchObject([{ replica: 'prometheus-0, prometheus-1' }]);
    expect(run.end({ labels: A, from: first, until: 60 }).disposition).toBe('duplicate');
    expect(run.incidents()).toMatchObject([{ status: 'open', firing_count: 1 }]);
    expect(run.end({ labels: B, from: second, until: 65 }).disposition).toBe('resolved');
    expect(run.incidents()).toMatchObject([{ status: 'resolved', alert_count: 1 }]);
    expect(inconsistencies(run)).toEqual([]);
  });

  it('end it in whichever order, and repetitions of either change nothing for ever', () => {
    const run = new PipelineRun();
    run.fire({ labels: A });
    run.fire({ labels: B, from: 5 });
    run.end({ labels: B, from: 5, until: 65 });
    run.end({ labels: A, until: 60, at: 66 });
    expect(run.incidents()).toMatchObject([{ status: 'resolved' }]);
    expect(run.fire({ labels: B, from: 5, at: 70 }).disposition).toBe('stale');
    expect(run.fire({ labels: B, from: 5, at: 100_000 }).disposition).toBe('stale');
    expect(run.fire({ labels: A, at: 100_000 }).disposition).toBe('stale');
    expect(run.end({ labels: B, from: 5, until: 65, at: 100_001 }).disposition).toBe('duplicate');
    expect(run.incidents()).toHaveLength(1);
  });

  it('keep the alert firing when one of them dies, whichever began first', () => {
    for (const [dying, other] of [
      [0, 5],
      [5, 0],
    ]) {
      const run = new PipelineRun();
      run.fire({ labels: A, from: dying, at: 10 });
      run.fire({ labels: B, from: other, at: 11 });
      // Alertmanager takes an alert for ended that nobody reports any more.
      expect(run.end({ labels: A, from: dying, until: 300 }).disposition).toBe('duplicate');
      expect(run.fire({ labels: B, from: other, at: 4 * 3600 }).disposition).toBe('duplicate');
      expect(run.incidents()).toMatchObject([{ status: 'open', firing_count: 1 }]);
    }
  });

  it('go on with the episode when the one that died comes back with a new start', () => {
    const run = new PipelineRun();
    run.fire({ labels: A });
    run.fire({ labels: B, from: 5 });
    run.end({ labels: A, until: 300 });
    expect(run.fire({ labels: A, from: 600 }).disposition).toBe('duplicate');
    expect(run.end({ labels: B, from: 5, until: 900 }).disposition).toBe('duplicate');
    expect(run.end({ labels: A, from: 600, until: 905 }).disposition).toBe('resolved');
    expect(run.episodes()).toHaveLength(1);
  });

  it('open a new episode by whichever sees the alert fire again, however soon', () => {
    const run = new PipelineRun();
    run.fire({ labels: A });
    run.end({ labels: A, until: 60 });
    expect(run.fire({ labels: B, from: 70 }).disposition).toBe('opened');
    expect(run.fire({ labels: A, from: 72 }).disposition).toBe('duplicate');
    expect(run.episodes().map(({ status }) => status)).toEqual(['resolved', 'firing']);
  });

  it('do not reopen an ended episode by the late first word of the other, but a lasting one is heard', () => {
    const run = new PipelineRun();
    run.fire({ labels: A, from: 10 });
    run.end({ labels: A, from: 10, until: 60 });
    expect(run.fire({ labels: B, from: 5, at: 90 }).disposition).toBe('stale');
    expect(run.fire({ labels: B, from: 5, at: 3600 }).disposition).toBe('opened');
  });

  it('are not ended by the late end of an earlier episode', () => {
    const run = new PipelineRun();
    run.fire({ labels: A, from: 100 });
    run.fire({ labels: B, from: 103 });
    expect(run.end({ labels: B, from: 5, until: 50, at: 110 }).disposition).toBe('stale');
    expect(run.end({ labels: A, from: 100, until: 200 }).disposition).toBe('duplicate');
    expect(run.incidents()).toMatchObject([{ status: 'open' }]);
  });

  it('with equal starts share the identity, and still both have to end it', () => {
    const run = new PipelineRun();
    run.fire({ labels: A });
    expect(run.fire({ labels: B }).disposition).toBe('duplicate');
    expect(run.end({ labels: A, until: 60 }).disposition).toBe('duplicate');
    expect(run.end({ labels: B, until: 61 }).disposition).toBe('resolved');
  });

  it('resolve the incident with the grace that its rule gives, whoever ends last', () => {
    const run = new PipelineRun((policy) => (policy.convergence[0]!.grace = '2m'));
    run.fire({ labels: A });
    run.fire({ labels: B, from: 5 });
    run.end({ labels: A, until: 60 });
    run.end({ labels: B, from: 5, until: 65 });
    expect(run.moments()).toEqual(['opened', 'settling']);
  });
});

it('in whatever order and however often the events of some episodes and replicas arrive, all invariants hold and each ends', () => {
  const happening = fc.record({
    episode: fc.integer({ min: 0, max: 3 }),
    replica: fc.constantFrom(undefined, 'a', 'b'),
    isEnd: fc.boolean(),
    lag: fc.integer({ min: 0, max: 5000 }),
  });
  fc.assert(
    fc.property(fc.array(happening, { minLength: 1, maxLength: 40 }), fc.boolean(), (happenings, paired) => {
      const run = new PipelineRun();
      const ended = new Set<string>();
      let now = 0;
      const tell = ({ episode, replica, isEnd, lag }: (typeof happenings)[number]): void => {
        const from = episode * 1000 + (replica === 'b' ? 5 : 0);
        const labels: Record<string, string> = paired && replica !== undefined ? { replica } : {};
        now = Math.max(now + 1, from + (isEnd ? 60 : 0) + lag);
        if (isEnd) run.end({ labels, from, until: from + 60, at: now });
        else run.fire({ labels, from, at: now });
        for (const { id, status } of run.episodes()) {
          if (status === 'resolved') ended.add(id);
          else if (ended.has(id)) throw new Error(`${id} was reopened`);
        }
        const firing = run.episodes().filter(({ status }) => status === 'firing');
        if (!paired && firing.length > 1) throw new Error('one alert fires twice at once');
      };
      happenings.forEach(tell);
      expect(inconsistencies(run)).toEqual([]);
      for (const told of happenings) tell({ ...told, isEnd: true, lag: 0 });
      expect(run.episodes().filter(({ status }) => status === 'firing')).toEqual([]);
      expect(inconsistencies(run)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
