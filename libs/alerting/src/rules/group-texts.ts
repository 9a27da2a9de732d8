import { renderListItem, type YamlValue } from '../rendered-file';

/** A group as it stands in a rule file. */
export interface GroupText {
  yaml: string;
  /** The same value as JSON, without blanks. */
  json: string;
}

/**
 * The texts of rule groups. Remembers those that were asked for last, by all that they are made of, so that a group is written and
 * proven once, for however many clusters and files.
 */
export class GroupTexts {
  /** The least recently used first, as a Map keeps them. */
  private readonly known = new Map<string, GroupText>();
  private characters = 0;

  /** @param maxCharacters how much it remembers, questions and answers together; 0 for nothing */
  constructor(private readonly maxCharacters: number) {}

  /**
   * @param source everything that `build` makes the group of
   * @throws RenderError when the group cannot be written exactly
   */
  of(source: string, build: () => YamlValue): GroupText {
    const known = this.known.get(source);
    const text = known ?? textOf(build());
    if (known) this.known.delete(source);
    else this.characters += sizeOf(source, text);
    this.known.set(source, text);
    this.forget();
    return text;
  }

  private forget(): void {
    for (const [source, text] of this.known) {
      if (this.characters <= this.maxCharacters) return;
      this.known.delete(source);
      this.characters -= sizeOf(source, text);
    }
  }
}

const textOf = (group: YamlValue): GroupText => ({
  yaml: renderListItem('groups', group),
  json: JSON.stringify(group),
});

const sizeOf = (source: string, { yaml, json }: GroupText): number => source.length + yaml.length + json.length;
