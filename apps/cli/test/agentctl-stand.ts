import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { makeTempDir, removeDir } from '@alertagent/local-stack';
import { run } from '../src/program';
import { StubServer, type StubAnswer } from './stub-server';

export const TOKEN = 'aat_secret-of-the-test';
export const RULES = 'groups: [{name: g, rules: [{alert: A, expr: up == 0, for: 5m}]}]\n';

class Sink extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
}

/** A server that answers what it is told to, and an empty folder, for each test of the file. */
export class AgentctlStand {
  server!: StubServer;
  folder!: string;

  constructor() {
    beforeAll(async () => {
      this.server = await StubServer.start();
    });
    afterAll(() => this.server.stop());
    beforeEach(async () => {
      this.server.reset();
      this.folder = await makeTempDir('agentctl');
    });
    afterEach(() => removeDir(this.folder));
  }

  /** Runs the program; its token is in nothing that it says. */
  readonly agentctl = async (...argv: string[]) => {
    const [out, err] = [new Sink(), new Sink()];
    const code = await run(argv, { out, err }, { ALERTAGENT_URL: this.server.url, ALERTAGENT_TOKEN: TOKEN });
    expect(out.text + err.text).not.toContain(TOKEN);
    return { code, out: out.text, err: err.text };
  };

  readonly put = (path: string, text: string): string => {
    const file = join(this.folder, path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
}

export const problem = (status: number, detail: string, errors: unknown[] = []): StubAnswer => ({
  status,
  body: { title: 'x', status, detail, errors },
});
