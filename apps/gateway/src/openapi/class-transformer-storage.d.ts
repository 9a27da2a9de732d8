declare module 'class-transformer/cjs/storage' {
  /** Which class each nested field is made of; class-transformer exports it without describing it. */
  export const defaultMetadataStorage: never;
}
