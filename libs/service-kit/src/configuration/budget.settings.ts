import { Max, Min } from 'class-validator';
import { Section, Setting } from './setting';

/** Limits of a day, in UTC. */
export class DayBudgetSettings {
  @Setting({
    type: 'integer',
    doc: 'Tokens that models may take on one day, sent and answered together; 0 for no limit.',
  })
  @Min(0)
  tokens: number = 5_000_000;

  @Setting({
    type: 'number',
    doc: 'Money that models may cost on one day, in the currency of the prices; 0 for no limit.',
  })
  @Min(0)
  cost: number = 0;

  @Setting({ type: 'duration', doc: 'Time that models may be waited for on one day, added up; 0 for no limit.' })
  @Min(0)
  time: number = 0;
}

/** Limits of one incident, whatever is analysed about it. */
export class IncidentBudgetSettings {
  @Setting({ type: 'integer', doc: 'Tokens that models may take for one incident; 0 for no limit.' })
  @Min(0)
  tokens: number = 250_000;

  @Setting({ type: 'number', doc: 'Money that models may cost for one incident; 0 for no limit.' })
  @Min(0)
  cost: number = 0;

  @Setting({ type: 'duration', doc: 'Time that models may be waited for for one incident; 0 for no limit.' })
  @Min(0)
  time: number = 0;
}

/** What calls of models may take. When it is spent, the built-in analyst answers. */
export class BudgetSettings {
  @Section(() => DayBudgetSettings, 'Limits of one day, from midnight UTC.')
  day: DayBudgetSettings = new DayBudgetSettings();

  @Section(() => IncidentBudgetSettings, 'Limits of one incident.')
  incident: IncidentBudgetSettings = new IncidentBudgetSettings();

  @Setting({ type: 'number', doc: "Share of each of the day's limits that is kept for incidents of priority P1." })
  @Min(0)
  @Max(1)
  p1_reserve: number = 0.1;

  @Setting({
    type: 'integer',
    doc: 'Tokens of an answer that are set aside before a call; what it took counts after it.',
  })
  @Min(0)
  answer_tokens: number = 2_000;
}
