import { inconsistencies, PipelineRun } from '../../test/pipeline-run';

/** `times` short firings, one each `every` seconds. */
function flap(run: PipelineRun, times: number, every = 60, from = 0): void {
  for (let turn = 0; turn < times; turn++) {
    const start = from + turn * every;
    run.sweep(start);
    run.fire({ from: start });
    run.end({ from: start, until: start + every / 2 });
  }
}

it('200 firings of one alert are 200 episodes and three incidents, the last of which flaps', () => {
  const run = new PipelineRun();
  flap(run, 200);
  expect(run.episodes()).toHaveLength(200);
  expect(run.incidents().map(({ alert_count, flapping }) => [alert_count, flapping])).toEqual([
    [1, false],
    [1, false],
    [198, true],
  ]);
  expect(
    run
      .incidents()
      .flatMap(({ moments }) => moments)
      .filter(({ kind }) => kind === 'opened'),
  ).toHaveLength(3);
  expect(inconsistencies(run)).toEqual([]);
});

it('its incident is resolved once it has been quiet for the hold, not before', () => {
  const run = new PipelineRun();
  flap(run, 5);
  const last = 4 * 60 + 30;
  run.sweep(last + 299);
  expect(run.incidents().at(-1)).toMatchObject({ status: 'open', firing_count: 0 });
  run.sweep(last + 300);
  expect(run.incidents().at(-1)).toMatchObject({ status: 'resolved' });
  expect(run.incidents().at(-1)!.moments.at(-1)).toMatchObject({ kind: 'resolved' });
});

it('an alert that never settles gets a new incident when the lifetime of the old one is over', () => {
  const run = new PipelineRun((policy) => (policy.convergence[0]!.max_lifetime = '1h'));
  flap(run, 100);
  expect(run.incidents()).toHaveLength(4);
  expect(run.moments(2)).toContain('closed_to_new_alerts');
  run.sweep(100_000);
  expect(run.incidents().map(({ status }) => status)).toEqual(['resolved', 'resolved', 'resolved', 'resolved']);
});

it('changes that are far apart are no flapping', () => {
  const run = new PipelineRun();
  flap(run, 20, 3600);
  expect(run.incidents()).toHaveLength(20);
  expect(run.episodes().some(({ flapping }) => flapping)).toBe(false);
});

it('nothing flaps when the policy says so', () => {
  const run = new PipelineRun((policy) => (policy.flapping.enabled = false));
  flap(run, 20);
  expect(run.incidents()).toHaveLength(20);
});

it('only so many changes are remembered', () => {
  const run = new PipelineRun((policy) => (policy.flapping.window = '52w'));
  flap(run, 100);
  expect(run.episodes().at(-1)!.changes).toHaveLength(32);
});
