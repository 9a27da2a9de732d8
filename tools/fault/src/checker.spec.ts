import { check, problemsOf, type StoredAlert } from './checker';
import type { Attempt, Outcome } from './ledger';
import { ledgerId } from './webhook-text';

const attempt = (from: number, count: number, outcome: Outcome, status: Attempt['status'] = 'firing'): Attempt => ({
  from,
  count,
  status,
  outcome,
  startedAt: 0,
  endedAt: 1,
  detail: '',
});
const id = (number: number): string => ledgerId('t', number);
const there = (...numbers: number[]): StoredAlert[] =>
  numbers.map((number) => ({ ledger_id: id(number), status: 'firing' }));

describe('comparing the ledger with the database', () => {
  it('finds nothing to complain about when all that was acknowledged is there once', () => {
    const verdict = check('t', [attempt(0, 3, 'ok'), attempt(3, 1, 'refused')], there(0, 1, 2));
    expect(verdict).toMatchObject({ attempted: 4, ok: 3, stored: 3, recovered: 0 });
    expect(problemsOf(verdict)).toEqual([]);
  });

  it('finds an acknowledged alert that is not there', () => {
    const verdict = check('t', [attempt(0, 3, 'ok')], there(0, 2));
    expect(verdict.lost).toEqual([id(1)]);
    expect(problemsOf(verdict)).toEqual(['1 acknowledged alerts lost, e.g. t-000000001']);
  });

  it('finds alerts that nobody sent', () => {
    const stored = [...there(0, 7), { ledger_id: null, status: 'firing' as const }];
    expect(check('t', [attempt(0, 1, 'ok')], stored).phantom).toEqual([id(7), 'without a ledger id']);
  });

  it('finds an alert that is there although each attempt was refused', () => {
    expect(check('t', [attempt(0, 1, 'refused'), attempt(0, 1, 'refused')], there(0)).phantom).toEqual([id(0)]);
  });

  it('finds an alert that is there twice', () => {
    expect(check('t', [attempt(0, 1, 'unknown'), attempt(0, 1, 'ok')], there(0, 0)).duplicate).toEqual([id(0)]);
  });

  it('lets an alert of unknown outcome be there or not', () => {
    const verdict = check('t', [attempt(0, 2, 'unknown')], there(1));
    expect(verdict).toMatchObject({ ok: 0, recovered: 1, lost: [] });
    expect(problemsOf(verdict)).toEqual([]);
  });

  it('keeps a promise that was given once, whatever the other attempts came to', () => {
    const attempts = [attempt(0, 1, 'ok'), attempt(0, 1, 'unknown'), attempt(0, 1, 'refused')];
    expect(check('t', attempts, []).lost).toEqual([id(0)]);
  });

  it('finds an alert that fires although its end was acknowledged', () => {
    const attempts = [attempt(0, 2, 'ok'), attempt(0, 2, 'ok', 'resolved')];
    const stored: StoredAlert[] = [...there(0), { ledger_id: id(1), status: 'resolved' }];
    expect(check('t', attempts, stored).reopened).toEqual([id(0)]);
  });
});
