// The demo under test: the binary that was built, on an empty folder, on free ports, with a clock that tests move.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export const program = process.env.UKETSUKE ?? new URL('../target/debug/uketsuke', import.meta.url).pathname;

// fetch() for the demo's sites: Node does not know that *.localhost is this machine (RFC 6761), so it is told.
export function fetchLocal(address, { method = 'GET', headers = {}, body } = {}) {
  const url = new URL(address);
  const options = {
    host: '127.0.0.1',
    port: url.port,
    path: url.pathname + url.search,
    method,
    headers: { ...Object.fromEntries(new Headers(headers)), host: url.host },
  };
  return new Promise((resolve, reject) => {
    const asked = request(options, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => {
        const content = Buffer.concat(parts);
        resolve(new Response(content.length ? content : null, { status: answer.statusCode, headers: answer.headers }));
      });
    });
    asked.on('error', reject);
    asked.end(body === undefined || body === null ? undefined : body.toString());
  });
}

// A port that is free and so is the next, which a demo takes for its interface: for one that is to begin again where it was.
// Beneath those that the system hands out, so that nobody is given them meanwhile (ip-sysctl: ip_local_port_range).
export async function freePair() {
  const free = (port) =>
    new Promise((resolve) => {
      const server = createServer().on('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
  for (;;) {
    const port = 10_000 + 2 * Math.floor(Math.random() * 10_000);
    if ((await free(port)) && (await free(port + 1))) return port;
  }
}

export async function start({ data, port = 0, clock = '2026-11-24T08:00:00+09:00', database, services = [], computerPort, terminals } = {}) {
  const folder = data ?? (await mkdtemp(join(tmpdir(), 'uketsuke-demo-')));
  const words = ['demo', '--json', '--data', folder, '--port', String(port), '--clock', clock];
  if (database) words.push('--database', database);
  if (computerPort) words.push('--computer-port', computerPort);
  if (terminals) words.push('--terminals', terminals);
  for (const file of services) words.push('--service', file);
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
    // The home page's own JSON, for programs.
    async control(path, body) {
      const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
      const answer = await fetchLocal(`${addresses.home}/control/${path}`, body === undefined ? {} : post);
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
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
