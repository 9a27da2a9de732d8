export { type DifyMode } from './dify-answers';
export { type DatasetDocument } from './dify-dataset-stub';
export { type DifyRunEnd } from './dify-runs-stub';
export { startDifyStub, type DifyApp, type DifyStub, type DifyStubOptions } from './dify-stub';
export { startN8nStub, type N8nCallback, type N8nMode, type N8nStub, type N8nStubOptions } from './n8n-stub';
export { startOpenAiStub, type OpenAiMode, type OpenAiStub, type OpenAiStubOptions } from './openai-stub';
export { sendJson, StubServer, type SeenCall } from './stub-server';
