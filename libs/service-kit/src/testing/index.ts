export * from './fake-peer';
export * from './start-service';
