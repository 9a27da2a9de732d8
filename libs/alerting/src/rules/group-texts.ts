import { renderListItem, type YamlValue } from '../rendered-file';

/** A group as it stands in a rule file. */
export interface GroupText {
  yaml: string;
  /** The same value as JSON, without blanks. */
  json: string;
}

interface Remembered {
  /** Everything that the group is made of. */
  source: string;
  text: GroupText;
  /** How many were asked for before it was asked for last. */
  asked: number;
}

/** Of what may be remembered, so much stays when there is too much: forgetting looks at everything, and so must not happen often. */
const KEPT_SHARE = 0.8;

/**
 * The texts of rule groups. Remembers those that were asked for last, by all that they are made of, so that a group is written and
 * proven once, for however many clusters and files.
 */
export class GroupTexts {
  /** By the group's name: comparing with the few of that name is quicker than making a number of a long text to look it up by. */
  private readonly known = new Map<string, Remembered[]>();
  private characters = 0;
  private asked = 0;

  /** @param maxCharacters how much it remembers, questions and answers together; 0 for nothing */
  constructor(private readonly maxCharacters: number) {}

  /**
   * @param source everything that `build` makes the group of
   * @throws RenderError when the group cannot be written exactly
   */
  of(name: string, source: string, build: () => YamlValue): GroupText {
    const known = this.known.get(name)?.find((one) => one.source === source) ?? this.learn(name, source, build());
    known.asked = this.asked += 1;
    if (this.characters > this.maxCharacters) this.forget();
    return known.text;
  }

  private learn(name: string, source: string, group: YamlValue): Remembered {
    const learned = { source, text: textOf(group), asked: 0 };
    this.keep(name, learned);
    return learned;
  }

  /** The longer nobody asked for it, the sooner. */
  private forget(): void {
    const newestFirst = [...this.known].flatMap(([name, alike]) => alike.map((one) => ({ name, one })));
    newestFirst.sort((one, other) => other.one.asked - one.one.asked);
    this.known.clear();
    this.characters = 0;
    for (const { name, one } of newestFirst) {
      if (this.characters + sizeOf(one) > this.maxCharacters * KEPT_SHARE) return;
      this.keep(name, one);
    }
  }

  private keep(name: string, one: Remembered): void {
    const alike = this.known.get(name);
    if (alike) alike.push(one);
    else this.known.set(name, [one]);
    this.characters += sizeOf(one);
  }
}

const textOf = (group: YamlValue): GroupText => ({
  yaml: renderListItem('groups', group),
  json: JSON.stringify(group),
});

const sizeOf = ({ source, text }: Remembered): number => source.length + text.yaml.length + text.json.length;
