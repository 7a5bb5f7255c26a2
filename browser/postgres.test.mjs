// The demo on a PostgreSQL server, as it runs on more than one machine: one journey from end to end, and nothing that a
// stranger sends is the server's fault.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { launch } from './chromium.mjs';
import { Terminal } from './clinic.mjs';
import { fetchLocal, start } from './demo.mjs';
import { Patient } from './patient.mjs';

const server = process.env.UKETSUKE_TEST_POSTGRES;
assert.ok(server, 'UKETSUKE_TEST_POSTGRES names a server (cargo xtask test starts one)');

const CLINIC = '星凪内科クリニック';
const DATABASE = `uketsuke_demo_${process.pid}`;
const order = (words) => promisify(execFile)('psql', ['--quiet', '--dbname', `${server}/postgres`, '--command', words]);

describe('the demo on PostgreSQL', () => {
  let browser, demo;
  before(async () => {
    await order(`CREATE DATABASE ${DATABASE}`);
    [browser, demo] = await Promise.all([launch(), start({ database: `${server}/${DATABASE}` })]);
  });
  after(async () => {
    await browser.close();
    const { code } = await demo.stop();
    await order(`DROP DATABASE ${DATABASE}`);
    assert.equal(code, 0, 'SIGTERM ends it cleanly');
  });

  it('Android: booked, consented, read, back by itself, seen by the clinic', { timeout: 120_000 }, async () => {
    const patient = await Patient.open(demo, browser, 'postgres@example.jp');
    await patient.book(CLINIC, { day: '2026-11-25' });
    await patient.leave();
    await patient.agree();
    await patient.readInApp('hayama-misaki', '4186');
    await patient.finish();
    await patient.page.goto(patient.appointment);
    await patient.sees('マイナ保険証の利用のための手続きは完了しています');
    await patient.close();
    const terminal = await Terminal.open(demo, browser, CLINIC, /一般/);
    await terminal.list('受診年月日', '2026-11-25');
    const row = terminal.page.getByRole('row').filter({ hasText: '葉山' });
    assert.match(await row.innerText(), /有効/);
    await terminal.close();
  });

  // A text of PostgreSQL has no NUL, and a number of it has an end.
  it('what cannot be stored is not found, and never the server’s fault', { timeout: 60_000 }, async () => {
    const { consult, reception, portal, terminal } = demo;
    const far = '9'.repeat(19);
    const asked = [
      ...['/?area=13-%00', '/?q=%00', '/?specialty=%00', '/?page=%00', '/?area=%00-13101', `/?page=${far}`],
      ...['/institutions/%00', '/institutions/1310000011/menus/%00', `/institutions/1310000011/menus/${far}`],
      ...['/appointments/%00', '/sign-in?onward=%00', `/book?institution=1310000011&menu=1&start=${far}`, '/book?institution=%00'],
    ].map((path) => consult + path);
    asked.push(`${reception}/i/%00`, `${reception}/procedures/%00/choose`, `${reception}/oauth/authorize?client_id=%00&request_uri=%00`);
    asked.push(`${portal}/open?ticket=%00`, `${portal}/visits/%00`, `${terminal}/receptions/%00`, `${terminal}/sign-in?onward=%00`);
    const told = [];
    for (const address of asked) {
      const { status } = await fetchLocal(address);
      if (status >= 500) told.push(`${address}: ${status}`);
    }
    for (const credentials of [{ mail: 'desk\0@example.jp', password: 'x' }, { mail: 'desk@example.jp', password: '\0' }]) {
      const body = JSON.stringify(credentials);
      const headers = { 'content-type': 'application/json' };
      const { status } = await fetchLocal(`${consult}/door/session`, { method: 'POST', headers, body });
      if (status >= 500) told.push(`${body}: ${status}`);
    }
    assert.deepEqual(told, []);
    assert.deepEqual(demo.log.filter((line) => line.includes('ERROR')), []);
  });
});
