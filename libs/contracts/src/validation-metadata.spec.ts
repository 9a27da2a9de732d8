import { getMetadataStorage, IsInt, IsString, validateSync } from 'class-validator';
import { rememberValidationMetadata } from './validation-metadata';

class Named {
  @IsString() name!: string;
}
class Counted extends Named {
  @IsInt() count!: number;
}

describe('rememberValidationMetadata', () => {
  it('looks for the rules of a class once, however many objects are checked', () => {
    const storage = getMetadataStorage();
    const before = storage.getTargetValidationMetadatas;
    let looks = 0;
    storage.getTargetValidationMetadatas = (...question) => {
      looks += 1;
      return before.apply(storage, question);
    };
    const undo = rememberValidationMetadata(storage);
    try {
      for (let n = 0; n < 50; n += 1)
        expect(validateSync(Object.assign(new Counted(), { name: 7, count: n }))).toHaveLength(1);
      expect(looks).toBe(1);
    } finally {
      undo();
      storage.getTargetValidationMetadatas = before;
    }
  });

  it('tells the options of a check apart, and goes on finding rules that are inherited', () => {
    const storage = getMetadataStorage();
    const bad = Object.assign(new Counted(), { name: 7, count: 'x' });
    expect(validateSync(bad, { groups: ['none'], forbidUnknownValues: false })).toEqual([]);
    expect(validateSync(bad).map(({ property }) => property)).toEqual(['count', 'name']);
    expect(storage.getTargetValidationMetadatas(Named, '', false, false)).toHaveLength(1);
  });
});
