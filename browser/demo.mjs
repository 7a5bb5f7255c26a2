// The demo under test: the binary that was built, on an empty folder, on free ports, with a clock that tests move.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
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
    // The home page's own JSON, for programs. Node does not know that *.localhost is this machine, so it is told.
    control(path, body) {
      const { port } = new URL(addresses.home);
      const options = { host: '127.0.0.1', port, path: `/control/${path}`, headers: { host: `localhost:${port}` } };
      if (body !== undefined) {
        options.method = 'POST';
        options.headers['content-type'] = 'application/json';
      }
      return new Promise((resolve, reject) => {
        const asked = request(options, (answer) => {
          let text = '';
          answer.setEncoding('utf8').on('data', (part) => (text += part));
          answer.on('end', () => {
            if (answer.statusCode >= 300) reject(new Error(`${path}: ${answer.statusCode} ${text}`));
            else resolve(text ? JSON.parse(text) : undefined);
          });
        });
        asked.on('error', reject);
        asked.end(body === undefined ? undefined : JSON.stringify(body));
      });
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
