import { ModelError } from './model-error';

/** Why Dify gave no answer. `message` is safe to store and show. */
export class DifyError extends ModelError {}
