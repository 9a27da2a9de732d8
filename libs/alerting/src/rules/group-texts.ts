import { renderListItem, type YamlValue } from '../rendered-file';
import { isSameValue } from './same-value';

/** A group as it stands in a rule file. */
export class GroupText {
  private asJson: string | null = null;

  constructor(
    readonly yaml: string,
    private readonly value: () => YamlValue,
  ) {}

  /** The same value as JSON, without blanks; written when somebody asks. */
  get json(): string {
    return (this.asJson ??= JSON.stringify(this.value()));
  }
}

interface Remembered {
  /** Everything that the group is made of; a copy, which nobody can change. */
  source: object;
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
  /** By the group's name: comparing with the few of that name is quicker than looking a long text up. */
  private readonly known = new Map<string, Remembered[]>();
  private characters = 0;
  private asked = 0;

  /** @param maxCharacters about how much it remembers, questions and answers together; 0 for nothing */
  constructor(private readonly maxCharacters: number) {}

  /**
   * @param source everything that `valueOf` makes the group of
   * @throws RenderError when the group cannot be written exactly
   */
  of<Source extends object>(name: string, source: Source, valueOf: (source: Source) => YamlValue): GroupText {
    const known = this.known.get(name)?.find((one) => isSameValue(one.source, source));
    const found = known ?? this.learn(name, source, valueOf);
    found.asked = this.asked += 1;
    if (this.characters > this.maxCharacters) this.forget();
    return found.text;
  }

  private learn<Source extends object>(
    name: string,
    source: Source,
    valueOf: (source: Source) => YamlValue,
  ): Remembered {
    const copy = structuredClone(source);
    const text = new GroupText(renderListItem('groups', valueOf(copy)), () => valueOf(copy));
    const learned = { source: copy, text, asked: 0 };
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

/** What it is made of and its JSON are about as long as its YAML. */
const sizeOf = ({ text }: Remembered): number => 3 * text.yaml.length;
