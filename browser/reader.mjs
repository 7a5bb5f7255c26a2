// A computer with a card reader: a stock pcscd with our own driver, alone in namespaces of its own, a card that is laid into
// it, and the app that reads it.
import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { program } from './demo.mjs';

// The daemon's socket has its path compiled in, so it is given a /run of its own; and no real reader, nor a network.
const DAEMON = `
set -e
mount -t tmpfs tmpfs /run
mkdir /run/pcscd
mount --bind "$1/run" /run/pcscd
mount -t tmpfs tmpfs /usr/lib/pcsc/drivers
exec pcscd --foreground --config "$1/readers"
`;

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

// Somebody answers at this socket.
const answers = (path) =>
  new Promise((resolve) => {
    const line = connect(path);
    line.on('connect', () => resolve(line.destroy()));
    line.on('error', () => setTimeout(() => resolve(answers(path)), 20));
  });

export class Computer {
  // With the app for this demo's reception, on this port. Cards come from the demo's own data.
  static async start(demo, port) {
    const computer = new Computer();
    computer.demo = demo;
    computer.folder = await mkdtemp(join(tmpdir(), 'uketsuke-computer-'));
    const [run, readers] = ['run', 'readers'].map((name) => join(computer.folder, name));
    await Promise.all([mkdir(run), mkdir(readers)]);
    await promisify(execFile)(program, ['card', 'reader', 'install', readers, '--data', demo.folder]);
    const root = process.getuid() === 0 ? [] : ['--map-root-user'];
    const words = [...root, '--mount', '--net', 'sh', '-c', DAEMON, 'sh', computer.folder];
    computer.daemon = spawn('unshare', words, { stdio: 'ignore' });
    computer.socket = join(run, 'pcscd.comm');
    await answers(computer.socket);
    computer.app = spawn(program, ['portal', '--json', '--port', port, '--reception', demo.reception], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: computer.environment,
    });
    const ready = await new Promise((resolve, reject) => {
      createInterface({ input: computer.app.stdout }).once('line', (line) => resolve(JSON.parse(line)));
      computer.app.once('exit', (code) => reject(new Error(`the app ended with ${code}`)));
    });
    computer.address = ready.address;
    return computer;
  }

  // What leads any client of PC/SC to this computer's daemon.
  get environment() {
    return { ...process.env, PCSCLITE_CSOCK_NAME: this.socket };
  }

  insert(card) {
    this.card = spawn(program, ['card', 'insert', card, '--data', this.demo.folder], { stdio: 'ignore' });
  }

  async remove() {
    const gone = new Promise((resolve) => this.card.once('exit', resolve));
    await promisify(execFile)(program, ['card', 'remove', '--data', this.demo.folder]);
    await gone;
  }

  // Whether another program can get at the card: its name for it, or why not.
  async anotherProgram() {
    const asked = promisify(execFile)('opensc-tool', ['--name'], { env: this.environment });
    return asked.then(({ stdout }) => stdout.trim(), (error) => `${error.stdout}${error.stderr}`);
  }

  async stop() {
    const ended = new Promise((resolve) => this.app.once('exit', resolve));
    this.app.kill('SIGTERM');
    const code = await ended;
    this.card?.kill();
    this.daemon.kill();
    await rm(this.folder, { recursive: true, force: true });
    return code;
  }
}
