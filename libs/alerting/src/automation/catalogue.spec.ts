import { approvalHash } from './approval-hash';
import { ACTION_STATES, ACTION_STEPS, statesBefore } from './action-states';
import { planOf } from './action-plan';
import { BUILT_IN_CATALOGUE, parameter } from './built-in-catalogue';
import type { CatalogueEntry } from './catalogue-entry';
import { checkCatalogue } from './check-catalogue';
import { checkRequest, checkValue, isAllowed } from './check-request';

const entry = (id: string): CatalogueEntry => BUILT_IN_CATALOGUE.find((each) => each.id === id)!;
const restart = entry('restart_service');
const target = { cluster: 'prod', namespace: 'shop', service: 'web' };

describe('the built-in catalogue', () => {
  it('is sound, and lets nothing run without a person', () => {
    expect(checkCatalogue(BUILT_IN_CATALOGUE)).toEqual([]);
    expect(BUILT_IN_CATALOGUE.filter(({ allows_autonomy }) => allows_autonomy)).toEqual([]);
  });
});

describe('an entry', () => {
  it.each<[object, string]>([
    [{ id: 'Restart!' }, '/0/id'],
    [{ executor: 'http', address: 'ftp://x' }, '/0/address'],
    [{ allows_autonomy: true, post_check: 'none' }, '/0/allows_autonomy'],
    [{ caps: { ...restart.caps, max_per_hour: 0 } }, '/0/caps/max_per_hour'],
    [{ targets: { clusters: ['a*b'], namespaces: [] } }, '/0/targets/clusters/0'],
    [{ parameters: [parameter('n', 'integer', '', { min: 5, max: 1 })] }, '/0/parameters/0/min'],
    [{ parameters: [parameter('n', 'integer', '', { default: 'x' })] }, '/0/parameters/0/default'],
    [{ parameters: [parameter('n', 'integer', ''), parameter('n', 'string', '')] }, '/0/parameters/1/name'],
  ])('that says %j is refused at %s', (changes, pointer) => {
    expect(checkCatalogue([{ ...restart, ...changes }])).toMatchObject([{ pointer }]);
  });

  it('may not be there twice', () => {
    expect(checkCatalogue([restart, restart])).toMatchObject([{ pointer: '/1/id', code: 'duplicate' }]);
  });
});

describe('a request', () => {
  it('is completed from the catalogue and the alert, and overruled by neither', () => {
    const alert = { cluster: 'prod', labels: { service: 'db', namespace: 'shop' } };
    const { request, problems } = checkRequest(restart, { target: { service: 'web' }, parameters: null }, alert);
    expect(problems).toEqual([]);
    expect(request).toEqual({ target, parameters: { graceful_shutdown: true, wait_time: '30s' } });
  });

  it.each<[string, object, object, string, string]>([
    ['a parameter that is not declared', target, { command: 'rm -rf /' }, '/parameters/command', 'unknown'],
    ['a wrong type', target, { graceful_shutdown: 'yes' }, '/parameters/graceful_shutdown', 'wrong_type'],
    ['a value out of bounds', target, { wait_time: '1h' }, '/parameters/wait_time', 'out_of_range'],
    ['no duration', target, { wait_time: '30' }, '/parameters/wait_time', 'wrong_type'],
    ['a forbidden namespace', { ...target, namespace: 'kube-system' }, {}, '/target/namespace', 'not_allowed'],
    ['a name with a command in it', { ...target, service: 'web; reboot' }, {}, '/target/service', 'bad_name'],
    ['no cluster', { service: 'web' }, {}, '/target/cluster', 'required'],
    ['no service', { cluster: 'prod' }, {}, '/target/service', 'required'],
  ])('with %s is refused with a pointer', (_what, where, parameters, pointer, code) => {
    const { problems } = checkRequest(restart, { target: where, parameters: parameters as never }, null);
    expect(problems).toEqual([expect.objectContaining({ pointer, code })]);
  });

  it('with a name that every object has is refused like any other unknown one', () => {
    const parameters = JSON.parse('{"__proto__": 1, "constructor": 2}') as Record<string, unknown>;
    expect(checkRequest(restart, { target, parameters }, null).problems).toHaveLength(2);
  });

  it('without a required parameter is refused', () => {
    expect(checkRequest(entry('scale_service'), { target, parameters: {} }, null).problems).toMatchObject([
      { pointer: '/parameters/replicas', code: 'required' },
    ]);
  });

  it('takes only what a list of values holds, and no control characters', () => {
    const spec = parameter('mode', 'string', '', { one_of: ['a', 'b'] });
    expect(checkValue(spec, 'a')).toBeNull();
    expect(checkValue(spec, 'c')).toMatchObject({ code: 'not_one_of' });
    expect(checkValue(parameter('t', 'string', ''), 'a\nb')).toMatchObject({ code: 'control_character' });
    expect(checkValue(parameter('t', 'number', ''), NaN)).toMatchObject({ code: 'wrong_type' });
  });

  it('has a plan in words and as data', () => {
    const { request } = checkRequest(restart, { target, parameters: {} }, null);
    const plan = planOf(restart, request, { cluster: 'other', labels: {} });
    expect(plan).toMatchObject({
      call: { action: 'restart_service', target },
      warnings: ['The alert comes from cluster other, the target is in prod.'],
    });
    expect(plan.summary).toContain('service web, namespace shop, cluster prod');
    expect(plan.post_check).toContain('within 15m');
  });
});

describe('an allow-list', () => {
  it.each([
    [['*'], 'a', true],
    [[], 'a', false],
    [['shop-*'], 'shop-eu', true],
    [['shop-*'], 'shop', false],
    [['*', '!kube-*'], 'kube-system', false],
    [['!kube-*'], 'a', false],
    [['a'], '', false],
    [['*'], '', true],
  ])('%j lets "%s" through: %s', (patterns, name, isLetThrough) => {
    expect(isAllowed(patterns, name)).toBe(isLetThrough);
  });
});

describe('an approval', () => {
  const matter = {
    entry: restart,
    target,
    parameters: { wait_time: '30s', graceful_shutdown: true },
    incident_id: 'i',
    alert_id: 'a',
  };
  it('is for one matter, whatever the order of its keys', () => {
    const turned = { ...matter, parameters: { graceful_shutdown: true, wait_time: '30s' } };
    expect(approvalHash(turned)).toBe(approvalHash(matter));
  });

  it.each<[string, object]>([
    ['another action', { entry: entry('scale_service') }],
    ['an edited entry', { entry: { ...restart, timeout_ms: 1 } }],
    ['another target', { target: { ...target, service: 'db' } }],
    ['another parameter', { parameters: { ...matter.parameters, wait_time: '31s' } }],
    ['another incident', { incident_id: 'j' }],
    ['another alert', { alert_id: 'b' }],
  ])('is none for %s', (_what, changes) => {
    expect(approvalHash({ ...matter, ...changes })).not.toBe(approvalHash(matter));
  });
});

describe('the states of a request', () => {
  it('lead to execution through approval only', () => {
    expect(statesBefore('executing')).toEqual(['approved']);
    expect(statesBefore('approved')).toEqual(['pending_approval', 'executing']);
  });

  it('never lead from unknown back to where it could run', () => {
    const reach = new Set<string>(['unknown']);
    for (const state of reach) for (const next of ACTION_STEPS[state as 'unknown']) reach.add(next);
    expect([...reach]).not.toContain('executing');
    expect(ACTION_STATES.every((state) => state in ACTION_STEPS)).toBe(true);
  });
});
