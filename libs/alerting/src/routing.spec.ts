import { pickWorkflow, type Routing } from './routing';

const routing: Routing = {
  default_workflow: 'alert-analysis',
  rules: [
    { match: { severity: 'critical', team: 'db' }, workflow: 'database' },
    { match: { severity: 'critical' }, workflow: 'critical-alert-handling' },
  ],
};

it.each([
  [{ severity: 'critical', team: 'db' }, 'database'],
  [{ severity: 'critical', team: 'web' }, 'critical-alert-handling'],
  [{ severity: 'Critical' }, 'alert-analysis'],
  [{}, 'alert-analysis'],
])('%j goes to %s: the first rule whose pairs all agree', (labels, workflow) => {
  const picked = pickWorkflow(routing, labels);
  expect(picked.workflow).toBe(workflow);
  expect(picked.why).not.toBe('');
});

it('a rule without pairs takes everything', () => {
  expect(pickWorkflow({ default_workflow: 'a', rules: [{ match: {}, workflow: 'b' }] }, {}).workflow).toBe('b');
});
