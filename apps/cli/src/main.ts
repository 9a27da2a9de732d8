#!/usr/bin/env node
import { run } from './program';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever read our output has read enough.
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

void run(process.argv.slice(2), { out: process.stdout, err: process.stderr }, process.env).then((exitCode) => {
  process.exitCode = exitCode;
});
