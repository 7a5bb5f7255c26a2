// The demo under test: the binary that was built, on an empty folder, on free ports, with a clock that tests move.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const program = process.env.UKETSUKE ?? new URL('../target/debug/uketsuke', import.meta.url).pathname;

export async function start({ data, clock = '2026-11-24T08:00:00+09:00', database } = {}) {
  const folder = data ?? (await mkdtemp(join(tmpdir(), 'uketsuke-demo-')));
  const words = ['demo', '--json', '--data', folder, '--port', '0', '--clock', clock];
  if (database) words.push('--database', database);
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  const log = [];
  createInterface({ input: child.stderr }).on('line', (line) => log.push(line));
  const ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve({ code, signal })));
  const addresses = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line)));
    ended.then(({ code }) => reject(new Error(`the demo ended with ${code}:\n${log.join('\n')}`)));
  });
  return {
    ...addresses,
    folder,
    log,
    process: child,
    // The home page's own JSON, for programs. Node does not know that *.localhost is this machine, so the port is enough.
    async control(path, body) {
      const port = new URL(addresses.home).port;
      const answer = await fetch(`http://127.0.0.1:${port}/control/${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { host: `localhost:${port}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      assert.ok(answer.ok, `${path}: ${answer.status}`);
      return answer.status === 204 ? undefined : answer.json();
    },
    setClock(time) {
      return this.control('clock', { time });
    },
    // The newest letter to an address.
    async letter(to) {
      const letters = await this.control('outbox');
      return letters.find((letter) => letter.to === to);
    },
    async stop() {
      child.kill('SIGTERM');
      const outcome = await ended;
      if (!data) await rm(folder, { recursive: true, force: true });
      return outcome;
    },
  };
}
