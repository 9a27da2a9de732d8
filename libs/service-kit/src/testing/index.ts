export * from './fake-peer';
export * from './open-as-of';
export * from './start-service';
