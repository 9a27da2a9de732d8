import { pointerTo, type FieldProblem } from '../problems';

/** What was found about a policy: problems keep it from being used, warnings are most likely not what its author meant. */
export interface PolicyFindings {
  problems: FieldProblem[];
  warnings: FieldProblem[];
}

/** Collects findings about one part of a policy; pointers are made from the path to the part on. */
export class Findings implements PolicyFindings {
  readonly problems: FieldProblem[] = [];
  readonly warnings: FieldProblem[] = [];

  /** `path`: the part of the document that is looked at. */
  constructor(private readonly path: readonly (string | number)[]) {}

  /** It cannot be used like this. */
  problem(where: readonly (string | number)[], code: string, detail: string): void {
    this.problems.push({ pointer: pointerTo(...this.path, ...where), code, detail });
  }

  /** It works, but hardly as intended. */
  warning(where: readonly (string | number)[], code: string, detail: string): void {
    this.warnings.push({ pointer: pointerTo(...this.path, ...where), code, detail });
  }

  /** Names that stand twice in a list: everything that refers to them would be ambiguous. */
  uniqueNames(items: readonly { name: string }[], where: readonly (string | number)[] = []): void {
    const first = new Map<string, number>();
    for (const [index, { name }] of items.entries()) {
      const earlier = first.get(name);
      if (earlier === undefined) first.set(name, index);
      else
        this.problem(
          [...where, index, 'name'],
          'duplicate_name',
          `entry ${earlier + 1} of the list has this name, too`,
        );
    }
  }
}
