import { defaultMetadataStorage } from 'class-transformer/cjs/storage';
import { validationMetadatasToSchemas } from 'class-validator-jsonschema';

/** The part of JSON schema that is read here. */
export interface JsonSchema {
  type?: string;
  description?: string;
  properties?: Record<string, unknown>;
  required?: string[];
}

const labels = { type: 'object', additionalProperties: { type: 'string' } } as const;

/** JSON schemas of every class with validators, by class name. */
export function payloadSchemas(): Record<string, JsonSchema> {
  return validationMetadatasToSchemas({
    classTransformerMetadataStorage: defaultMetadataStorage,
    refPointerPrefix: '#/components/schemas/',
    additionalConverters: {
      isLabelMap: labels,
      isStringMap: labels,
      isCleanText: { type: 'string', minLength: 1 },
      isTargetList: {
        type: 'array',
        minItems: 1,
        items: { oneOf: [{ type: 'string' }, { type: 'object', required: ['labels'], properties: { labels } }] },
      },
    },
  }) as Record<string, JsonSchema>;
}
