import { UTC_TIME } from '@alertagent/contracts';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage';
import { getMetadataStorage } from 'class-validator';
import { validationMetadatasToSchemas } from 'class-validator-jsonschema';

/** The part of JSON schema that is read here. */
export interface JsonSchema {
  type?: string;
  description?: string;
  properties?: Record<string, unknown>;
  required?: string[];
}

const labels = { type: 'object', additionalProperties: { type: 'string' } } as const;
const selector = { type: 'object' as const, required: ['labels'], properties: { labels } };
const target = { oneOf: [{ type: 'string' as const }, selector] };

/** JSON schemas of every class with validators, by class name. Errors: two classes share a name, one would hide the other. */
export function payloadSchemas(): Record<string, JsonSchema> {
  refuseNamesakes();
  return validationMetadatasToSchemas({
    classTransformerMetadataStorage: defaultMetadataStorage,
    refPointerPrefix: '#/components/schemas/',
    additionalConverters: {
      isLabelMap: labels,
      isStringMap: labels,
      isRuleTextMap: labels,
      isParameterMap: { type: 'object', additionalProperties: { oneOf: [{ type: 'string' }, { type: 'number' }] } },
      isCleanText: { type: 'string', minLength: 1 },
      isTextBlock: { type: 'string', minLength: 1 },
      isUtcTime: { type: 'string', pattern: UTC_TIME.source },
      isRuleTarget: target,
      isTargetListOrNone: { type: 'array', items: target },
      isTargetList: { type: 'array', minItems: 1, items: target },
    },
  }) as Record<string, JsonSchema>;
}

function refuseNamesakes(): void {
  const { validationMetadatas } = getMetadataStorage() as unknown as {
    validationMetadatas: ReadonlyMap<{ name: string }, unknown>;
  };
  const names = [...validationMetadatas.keys()].map(({ name }) => name);
  const twice = names.find((name, index) => name !== '' && names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`two classes with validators are called ${twice}; rename one`);
}
