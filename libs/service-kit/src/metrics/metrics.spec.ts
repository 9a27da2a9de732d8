import { Metrics } from './metrics';

describe('metrics', () => {
  const fresh = (): Metrics => new Metrics({ namespace: 'alertagent', processMetrics: false });

  it('shows every series of a counter at 0 before anything happened', async () => {
    const metrics = fresh();
    metrics.counter({
      name: 'ai_analysis_total',
      help: 'Analyses.',
      labels: { type: ['built-in', 'n8n'], status: ['done', 'failed'] },
    });
    const { body, contentType } = await metrics.render();
    expect(contentType).toContain('text/plain');
    expect(body.match(/^alertagent_ai_analysis_total\{.*\} 0$/gm)).toHaveLength(4);
  });

  it('starts all series of a cluster at 0 when the cluster is first seen', async () => {
    const metrics = fresh();
    const counter = metrics.counter({
      name: 'rule_distribution_total',
      help: 'Distributions.',
      labels: { cluster: { max: 10 }, status: ['live', 'failed'] },
    });
    counter.inc({ cluster: 'a', status: 'live' });
    const { body } = await metrics.render();
    expect(body).toContain('alertagent_rule_distribution_total{cluster="a",status="live"} 1');
    expect(body).toContain('alertagent_rule_distribution_total{cluster="a",status="failed"} 0');
  });

  it('counts clusters beyond the cap together, and values nobody declared as other', async () => {
    const metrics = fresh();
    const counter = metrics.counter({ name: 'x_total', help: 'X.', labels: { cluster: { max: 2 } } });
    for (let index = 0; index < 1_000; index++) counter.inc({ cluster: `c${index}` });
    const closed = metrics.counter({ name: 'y_total', help: 'Y.', labels: { severity: ['critical', 'warning'] } });
    closed.inc({ severity: 'made-up' as 'critical' });
    const { body } = await metrics.render();
    expect(body.match(/^alertagent_x_total\{/gm)).toHaveLength(3);
    expect(body).toContain('alertagent_x_total{cluster="other"} 998');
    expect(body).toContain('alertagent_y_total{severity="other"} 1');
  });

  it('shows a histogram before its first observation', async () => {
    const metrics = fresh();
    const histogram = metrics.histogram({ name: 'd_seconds', help: 'D.', labels: { type: ['a'] } });
    expect((await metrics.render()).body).toContain('alertagent_d_seconds_count{type="a"} 0');
    histogram.observe({ type: 'a' }, 0.02);
    expect((await metrics.render()).body).toContain('alertagent_d_seconds_bucket{le="0.025",type="a"} 1');
  });

  it('leaves no stale state behind when a cluster changes its health', async () => {
    const metrics = fresh();
    const health = metrics.states({
      name: 'cluster_health_status',
      help: 'Health.',
      labels: { cluster: { max: 10 } },
      states: ['healthy', 'unhealthy'],
    });
    health.set({ cluster: 'a' }, 'healthy');
    health.set({ cluster: 'a' }, 'unhealthy');
    const { body } = await metrics.render();
    expect(body).toContain('alertagent_cluster_health_status{cluster="a",status="healthy"} 0');
    expect(body).toContain('alertagent_cluster_health_status{cluster="a",status="unhealthy"} 1');
    health.remove({ cluster: 'a' });
    expect((await metrics.render()).body).not.toContain('cluster="a"');
  });

  it('asks for a gauge with a collector at each scrape', async () => {
    const metrics = fresh();
    let waiting = 3;
    metrics.gauge({ name: 'queue_length', help: 'Q.', collect: () => waiting });
    expect((await metrics.render()).body).toContain('alertagent_queue_length 3');
    waiting = 5;
    expect((await metrics.render()).body).toContain('alertagent_queue_length 5');
  });

  it('gives a removed cluster its place under the cap back', async () => {
    const metrics = fresh();
    const gauge = metrics.gauge({ name: 'response_time_seconds', help: 'R.', labels: { cluster: { max: 1 } } });
    gauge.set({ cluster: 'a' }, 1);
    gauge.remove({ cluster: 'a' });
    gauge.set({ cluster: 'b' }, 2);
    expect((await metrics.render()).body).toContain('{cluster="b"} 2');
  });

  it('adds the metrics of the process under their usual names', async () => {
    const { body } = await new Metrics({ namespace: 'alertagent' }).render();
    expect(body).toContain('\nprocess_cpu_seconds_total ');
  });

  it('shows the figures of two parts of a service as one: counts added up, of gauges the larger', async () => {
    const parts = [fresh(), fresh()].map((metrics) => ({
      metrics,
      counter: metrics.counter({ name: 'alerts_total', help: 'Alerts.' }),
      gauge: metrics.gauge({ name: 'waiting', help: 'What waits.' }),
      seconds: metrics.histogram({ name: 'seconds', help: 'How long.', buckets: [1] }),
    }));
    const [edge, background] = [parts[0]!, parts[1]!];
    edge.counter.inc({}, 2);
    background.counter.inc({}, 3);
    edge.gauge.set({}, 0);
    background.gauge.set({}, 4);
    edge.seconds.observe({}, 0.5);
    background.seconds.observe({}, 2);
    const only = background.metrics.counter({ name: 'only_here_total', help: 'Of one part.' });
    only.inc({});
    const { body } = await edge.metrics.render(await background.metrics.snapshot());
    expect(
      body
        .split('\n')
        .filter((line) => /^alertagent_[a-z_]+(\{.*\})? /.test(line))
        .sort(),
    ).toEqual([
      'alertagent_alerts_total 5',
      'alertagent_only_here_total 1',
      'alertagent_seconds_bucket{le="+Inf"} 2',
      'alertagent_seconds_bucket{le="1"} 1',
      'alertagent_seconds_count 2',
      'alertagent_seconds_sum 2.5',
      'alertagent_waiting 4',
    ]);
    expect(body.match(/# TYPE alertagent_alerts_total/g)).toHaveLength(1);
  });
});
