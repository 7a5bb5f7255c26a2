// The clinic's own terminal as a process of its own, each of its three accounts, desk size and phone size, driven by
// keyboard; and a receipt computer beside it that only knows the folders.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, readdir, rename, rm, watch, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { DESK, PHONE, context, launch } from './chromium.mjs';
import { program, start } from './demo.mjs';
import { Patient } from './patient.mjs';

const CLINIC = '星凪内科クリニック';
const MAIL = 'desk@hoshinagi.example.jp';
const DAY = '2026-11-24';
const CLOCK = `${DAY}T08:00:00+09:00`;
const PASSWORD = 'a password of the terminal';

describe('the terminal', () => {
  let browser, demo, folder, station;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'uketsuke-terminals-'));
    [browser, demo] = await Promise.all([launch(), start({ clock: CLOCK, terminals: folder })]);
    station = await startStation();
    const patient = await Patient.open(demo, browser, 'terminal@example.jp');
    await patient.book(CLINIC, { day: DAY });
    await patient.leave();
    await patient.agree();
    await patient.readInApp('hayama-misaki', '4186');
    await patient.finish();
    await patient.close();
  });
  after(async () => {
    await browser.close();
    station.process.kill('SIGTERM');
    assert.equal(await station.ended, 0, 'SIGTERM ends it cleanly');
    await demo.stop();
    await rm(folder, { recursive: true, force: true });
  });

  // The settings that the demo wrote for the clinic, with the desk's account at the service.
  async function startStation() {
    for (const code of await readdir(folder)) {
      const own = join(folder, code);
      const settings = await readFile(join(own, 'terminal.toml'), 'utf8');
      if (!settings.includes(`name = "${CLINIC}"`)) continue;
      const service = `\n[service]\naddress = "${demo.consult}"\nmail = "${MAIL}"\npassword_file = "desk.password"\n`;
      await writeFile(join(own, 'terminal.toml'), settings.replace('127.0.0.1:8410', '127.0.0.1:0') + service);
      await writeFile(join(own, 'desk.password'), 'demo-desk-2026\n');
      const words = ['terminal', '--config', join(own, 'terminal.toml'), '--clock', CLOCK];
      for (const account of ['staff', 'medical-viewer', 'administrator']) {
        const set = spawnSync(program, [...words, '--set-password', account], { input: `${PASSWORD}\n` });
        assert.equal(set.status, 0, set.stderr.toString());
      }
      const child = spawn(program, [...words, '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
      const ended = new Promise((resolve) => child.on('exit', resolve));
      const line = await new Promise((resolve) => createInterface({ input: child.stdout }).once('line', resolve));
      return { ...JSON.parse(line), code, process: child, ended };
    }
    throw new Error(`${CLINIC} has no terminal`);
  }

  // Tab until the focus is on what answers to `selector`: everything is in reach without a mouse.
  async function tabTo(page, selector) {
    for (let presses = 0; presses < 80; presses += 1) {
      await page.keyboard.press('Tab');
      if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
    }
    throw new Error(`Tab never comes to ${selector} at ${page.url()}`);
  }

  async function signIn(device, role) {
    const shown = await context(browser, { device });
    shown.setDefaultTimeout(10_000);
    const page = await shown.newPage();
    await page.goto(`${station.terminal}/sign-in`);
    await page.locator('select[name="institution"]').selectOption(station.code);
    await tabTo(page, 'input[name="role"]');
    await page.locator(`input[name="role"][value="${role}"]`).focus();
    await page.keyboard.press('Space');
    await tabTo(page, 'input[name="password"]');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
    return { shown, page };
  }

  const press = (page, name) => page.getByRole('button', { name, exact: true }).click();
  const follow = (page, name) => page.getByRole('link', { name, exact: true }).first().click();
  const sees = (page, text) => page.locator('main').getByText(text).first().waitFor();

  describe('each account', { concurrency: 3 }, () => {
    for (const [size, device] of [['desk', DESK], ['phone', PHONE]]) {
      const account = (name, role, walk) =>
        it(`${name}, ${size} size`, { timeout: 120_000 }, async () => {
          const { shown, page } = await signIn(device, role);
          try {
            await walk(page);
          } catch (error) {
            const text = await page.locator('main').innerText().catch(() => '');
            error.message += `\nat ${page.url()}\n${text.slice(0, 1500)}`;
            throw error;
          } finally {
            await shown.close();
          }
        });

      account('一般: appointment beside reception, confirmed, told', 'staff', async (page) => {
        await page.goto(`${station.terminal}/appointments`);
        await press(page, '予約を取得する');
        await sees(page, '青木 花子');
        await page.goto(`${station.terminal}/receptions?by=visit&day=${DAY}`);
        await tabTo(page, 'a[href^="/receptions/"]');
        await page.keyboard.press('Enter');
        await sees(page, '資格：有効');
        // The appointment is of somebody with another name: a person says that it is the same.
        await sees(page, '予約と氏名');
        await sees(page, '本人確認をする');
        await press(page, 'レセコンに渡す');
        await sees(page, 'レセコンに渡しました');
        const faces = await readdir(join(station.exchange, 'face'));
        assert.ok(faces.every((name) => /^OQSsiquc01res_face_.+_(\d{14})\.xml$/.test(name)) && faces.length > 0);
        await tabTo(page, 'input[name="same"]');
        await page.keyboard.press('Space');
        await press(page, '確認を記録する');
        await sees(page, '確認済み');
        // The service's desk was told, and knows no more than that.
        const clinic = await context(browser, { device: DESK });
        const desk = await clinic.newPage();
        await desk.goto(`${demo.consult}/desk`);
        await desk.locator('input[name="mail"]').fill(MAIL);
        await desk.locator('input[name="password"]').fill('demo-desk-2026');
        await press(desk, 'ログイン');
        await desk.waitForURL('**/desk/visits');
        await desk.goto(`${demo.consult}/desk/visits?date=${DAY}`);
        await desk.locator('main').getByText('確認済み').first().waitFor();
        await clinic.close();
      });

      account('一般: appointments typed in, and what is wrong with them', 'staff', async (page) => {
        await page.goto(`${station.terminal}/appointments`);
        await page.locator('main summary').click();
        await page.locator('textarea').fill('10:30,見本 花子');
        await press(page, '読み込む');
        await sees(page, '1行目を読み取れません');
        await page.locator('textarea').fill('10:30,準備 太郎,ジュンビ タロウ,1984-05-02,');
        await press(page, '読み込む');
        await sees(page, 'ジュンビ タロウ');
        await press(page, 'この端末から消す');
        assert.equal(await page.getByText('ジュンビ タロウ').count(), 0);
      });

      account('医療情報閲覧: medicines by months', 'medical-viewer', async (page) => {
        await page.goto(`${station.terminal}/patients?by=visit&day=${DAY}`);
        await tabTo(page, 'a[href^="/patients/"]');
        await page.keyboard.press('Enter');
        await sees(page, '同意の状況');
        await follow(page, '薬剤情報');
        await page.locator('select[name="from"]').selectOption('2026-01');
        await press(page, '表示する');
        await page.waitForURL(/from=2026-01/);
        assert.equal((await page.goto(`${station.terminal}/settings`)).status(), 404);
      });

      account('管理者: settings, and the address with its code', 'administrator', async (page) => {
        await page.goto(`${station.terminal}/settings`);
        await tabTo(page, 'select[name="prescription"]');
        await page.locator('select[name="prescription"]').selectOption('3');
        await press(page, '更新する');
        await sees(page, '設定を更新しました');
        assert.equal(await page.locator('select[name="prescription"]').inputValue(), '3');
        await follow(page, '医療機関別URL取得・変更');
        const address = () => page.locator('main code').first().innerText();
        const before = await address();
        for (const [name, begins] of [['PNGで保存', '\x89PNG'], ['PDFで保存', '%PDF-']]) {
          const [saved] = await Promise.all([page.waitForEvent('download'), follow(page, name)]);
          const bytes = await readFile(await saved.path(), 'latin1');
          assert.ok(bytes.startsWith(begins), name);
        }
        await follow(page, 'URLを変更する');
        await press(page, '変更する');
        await sees(page, 'URLを変更しました');
        assert.notEqual(await address(), before);
        // The old one leads nowhere any more.
        assert.ok((await page.goto(before)).status() >= 400);
      });
    }
  });

  it('a receipt computer asks and is answered by files alone', { timeout: 60_000 }, async () => {
    const ask = async (name, body) => {
      const answer = name.replace('req_', 'res_');
      const appeared = new AbortController();
      const events = watch(join(station.exchange, 'res'), { signal: appeared.signal });
      const draft = join(station.exchange, 'req', `${name}.tmp`);
      await writeFile(
        draft,
        `<?xml version="1.0" encoding="UTF-8" standalone="no"?><XmlMsg><MessageHeader><MedicalInstitutionCode>${station.code}</MedicalInstitutionCode></MessageHeader><MessageBody>${body}</MessageBody></XmlMsg>`,
      );
      await rename(draft, join(station.exchange, 'req', name));
      for await (const { filename } of events) if (filename === answer) break;
      const text = await readFile(join(station.exchange, 'res', answer), 'utf8');
      await rm(join(station.exchange, 'res', answer));
      return text;
    };
    const days = `<ExaminationDateFrom>20261124</ExaminationDateFrom><ExaminationDateTo>20261124</ExaminationDateTo>`;
    const search = `<QualificationConfirmSearchInfo>${days}<MedicalTreatmentFlag>3</MedicalTreatmentFlag></QualificationConfirmSearchInfo>`;
    const accepted = await ask('OQSmuonq01req_1.xml', search);
    const number = accepted.match(/<ReceptionNumber>(\d+)</)[1];
    const result = await ask('OQSmuonq02req_2.xml', `<ReceptionNumber>${number}</ReceptionNumber>`);
    assert.match(result, /<BulkConfirmUnit>[^]*<QualificationValidity>1</);
    const wanted = '<AccessUrlInfo><UrlAcquisitionClassification>3</UrlAcquisitionClassification><TwoDimensionalCodeFormat>1</TwoDimensionalCodeFormat><UrlChangeClassification>0</UrlChangeClassification></AccessUrlInfo>';
    const address = await ask('OQSsiurl01req_3.xml', wanted);
    const code = address.match(/<TwoDimensionalCode>([^<]+)</)[1];
    assert.ok(Buffer.from(code, 'base64').toString('latin1').startsWith('%PDF-'));
  });

  it('closed and cut off: in words, on the list, and gone once the system answers', { timeout: 60_000 }, async () => {
    const { shown, page } = await signIn(PHONE, 'staff');
    const day = '2026-11-25';
    for (const [condition, words] of [['closed', 'システム停止中'], ['cut-off', '途中で切断']]) {
      await demo.control('interface', { condition });
      await page.goto(`${station.terminal}/receptions?by=visit&day=${day}`);
      await page.goto(`${station.terminal}/follow-ups`);
      await sees(page, words);
      await sees(page, '被保険者資格申立書');
    }
    await demo.control('interface', { condition: 'open' });
    await follow(page, 'もう一度照会する');
    await sees(page, '受付はありません');
    await page.goto(`${station.terminal}/follow-ups`);
    await sees(page, '再確認するものはありません');
    await shown.close();
  });
});
