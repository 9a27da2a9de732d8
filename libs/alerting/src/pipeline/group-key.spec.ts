import { groupKey } from './group-key';

const alert = { cluster_id: 'c1', labels: { alertname: 'A', service: '', a: 'b' } };

it('alerts that agree in the chosen labels have the same key, whatever else they carry', () => {
  expect(groupKey({ ...alert, labels: { ...alert.labels, pod: 'x' } }, ['alertname'])).toBe(
    groupKey(alert, ['alertname']),
  );
});

it('the order and repetition of chosen labels do not matter', () => {
  expect(groupKey(alert, ['a', 'alertname', 'a'])).toBe(groupKey(alert, ['alertname', 'a']));
});

it('clusters, values and the presence of a label are told apart', () => {
  const keys = [
    groupKey(alert, ['alertname', 'service']),
    groupKey({ ...alert, cluster_id: 'c2' }, ['alertname', 'service']),
    groupKey({ ...alert, labels: { alertname: 'A' } }, ['alertname', 'service']),
    groupKey({ ...alert, labels: { alertname: 'B', service: '' } }, ['alertname', 'service']),
    groupKey(alert, ['alertname']),
    groupKey(alert, []),
  ];
  expect(new Set(keys).size).toBe(keys.length);
});

it('a label inherited from a prototype is not there', () => {
  expect(groupKey(alert, ['toString'])).toBe(groupKey({ ...alert, labels: {} }, ['toString']));
});
