// The clinic's own terminal as a process of its own, each of its three accounts, desk size and phone size, driven by
// keyboard; and a receipt computer beside it that only knows the folders.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, readdir, rename, rm, watch, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { DESK, PHONE, brokenOff, context, launch } from './chromium.mjs';
import { program, start } from './demo.mjs';
import { Terminal } from './clinic.mjs';
import { Patient } from './patient.mjs';
import { decode, decodePdf } from './qr.mjs';

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
      await writeFile(join(own, 'terminal.toml'), settings.replace('127.0.0.1:8410', '127.0.0.1:0'));
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
    shown.setDefaultTimeout(30_000);
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
            throw await brokenOff(error, page);
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

      account('医療情報閲覧: each kind, by months', 'medical-viewer', async (page) => {
        await page.goto(`${station.terminal}/patients?by=visit&day=${DAY}`);
        await tabTo(page, 'a[href^="/patients/"]');
        await page.keyboard.press('Enter');
        await sees(page, '同意の状況');
        await follow(page, '薬剤情報');
        await sees(page, 'フェキソフェナジン塩酸塩錠６０ｍｇ');
        await sees(page, 'アセトアミノフェン錠５００ｍｇ');
        // What was dispensed 110 days before is not of these months.
        await page.locator('select[name="from"]').selectOption('2026-09');
        await press(page, '表示する');
        await page.waitForURL(/from=2026-09/);
        await sees(page, 'フェキソフェナジン塩酸塩錠６０ｍｇ');
        assert.equal(await page.getByText('アセトアミノフェン').count(), 0);
        await follow(page, '診療情報');
        await sees(page, '外来管理加算');
        await sees(page, 'ふくろう坂医院');
        await follow(page, '手術情報');
        await sees(page, 'この期間の情報はありません');
        await follow(page, '特定健診等情報');
        await page.getByRole('heading', { level: 1, name: '特定健診等情報' }).waitFor();
        await sees(page, '患者は同意していますが、該当する情報がありません');
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
        assert.equal(new URL(before).origin, demo.reception);
        // What hangs on the wall leads where the page says.
        for (const [name, read] of [['PNGで保存', decode], ['PDFで保存', decodePdf]]) {
          const [saved] = await Promise.all([page.waitForEvent('download'), follow(page, name)]);
          assert.equal(read(await readFile(await saved.path())), before, name);
        }
        await follow(page, 'URLを変更する');
        await press(page, '変更する');
        await sees(page, 'URLを変更しました');
        assert.notEqual(await address(), before);
        // The old one leads nowhere any more, and says so.
        assert.ok((await page.goto(before)).status() >= 400);
        await page.getByRole('heading', { level: 1, name: 'このアドレスは使われなくなりました' }).waitFor();
      });
    }
  });

  it('the sheet on paper says that it is simulated, and has nothing to press', { timeout: 60_000 }, async () => {
    const { shown, page } = await signIn(DESK, 'staff');
    await page.goto(`${station.terminal}/receptions?by=visit&day=${DAY}`);
    await page.locator('a[href^="/receptions/"]').first().click();
    await sees(page, '資格：有効');
    await page.getByRole('button', { name: '印刷する', exact: true }).waitFor();
    await page.emulateMedia({ media: 'print' });
    await page.getByText('模擬環境').first().waitFor();
    await page.getByText('葉山　美咲').first().waitFor();
    for (const pressed of await page.locator('button, nav a, summary, select, input').all()) {
      assert.equal(await pressed.isVisible(), false, await pressed.evaluate((element) => element.outerHTML));
    }
    await shown.close();
  });

  // Each registers at the address of an institution that has one, and its terminal is asked.
  it('a terminal says of each person what is to be known', { timeout: 240_000 }, async () => {
    const [institution, day] = ['みなも耳鼻咽喉科', '2026-11-26'];
    const people = [
      ['kajitani-ryosuke', '2468', '梶谷', ['無効']],
      ['hidaka-chihiro', '5390', '日高', ['無効（新しい資格あり）']],
      ['anzai-rei', '1937', '安西', ['複数該当', '2件の資格']],
      ['hashimoto-kozue', '4761', '●本', ['有効', '外字あり']],
      ['shinoda-yoko', '1408', '篠田', ['有効']],
      ['kamiya-sota', '1462', '氏名なし', ['該当資格なし']],
      ['muroi-saori', '7059', '室井', ['有効']],
      ['wakamiya-mei', '3381', '旧姓', ['有効']],
      ['koga-yohei', '6520', '古賀', ['有効']],
    ];
    const patient = await Patient.open(demo, browser, 'nobody@example.jp');
    await patient.page.goto(`${demo.home}/institutions`);
    const entrance = await patient.page.getByRole('row').filter({ hasText: institution }).getByRole('link').getAttribute('href');
    for (const [card, pin] of people) {
      await patient.page.goto(entrance);
      for (const [part, value] of [['year', '2026'], ['month', '11'], ['day', '26']]) {
        await patient.page.locator(`input[name="visit_${part}"]`).fill(value);
      }
      await patient.press('同意登録をする');
      await patient.agree();
      await patient.readInApp(card, pin);
      await patient.heading('あと1つ：手続きを終了する');
    }
    await patient.close();
    const terminal = await Terminal.open(demo, browser, institution, /一般/);
    const { page } = terminal;
    await terminal.list('受診年月日', day);
    const rows = page.getByRole('row').filter({ has: page.locator('a[href^="/receptions/"]') });
    assert.equal(await rows.count(), people.length);
    for (const [, , name, words] of people) {
      const row = rows.filter({ hasText: name });
      assert.equal(await row.count(), 1, name);
      const badges = (await row.locator('.badge').allInnerTexts()).map((text) => text.trim());
      const text = await row.innerText();
      for (const word of words) {
        // Whole badges: 無効 is the beginning of another.
        assert.ok(badges.includes(word) || (word.includes('件') && text.includes(word)), `${name}: ${word} in ${badges}`);
      }
    }
    // What the sheets of some of them say beyond that.
    for (const [name, words] of [
      ['篠田', ['電子証明書の有効期限切れ（猶予期間中）', 'U205']],
      ['室井', ['全国健康保険協会模擬大阪支部']],
      ['旧姓', ['旧姓　芽衣']],
      ['古賀', ['医療扶助', '大阪市北区模擬福祉事務所']],
      ['氏名なし', ['資格：該当資格なし', '被保険者資格申立書']],
    ]) {
      await terminal.list('受診年月日', day);
      await rows.filter({ hasText: name }).locator('a[href^="/receptions/"]').first().click();
      for (const word of words) await sees(page, word);
    }
    // The rows are gone through by keyboard alone.
    await terminal.list('受診年月日', day);
    const href = (place) => rows.nth(place).locator('a').first().getAttribute('href');
    const focused = () => page.evaluate(() => document.activeElement.getAttribute('href'));
    await rows.nth(0).locator('a').first().focus();
    for (const [key, place] of [['ArrowDown', 1], ['ArrowDown', 2], ['ArrowUp', 1], ['ArrowUp', 0], ['ArrowUp', 0]]) {
      await page.keyboard.press(key);
      assert.equal(await focused(), await href(place), `${key} leads to row ${place}`);
    }
    await page.keyboard.press('ArrowDown');
    const wanted = await href(1);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**${wanted}`);
    await terminal.close();
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

  it('busy: the list is being made, and is there when it is', { timeout: 60_000 }, async () => {
    const { shown, page } = await signIn(DESK, 'staff');
    await demo.control('interface', { condition: 'busy', seconds: 600 });
    await page.goto(`${station.terminal}/receptions?by=visit&day=${DAY}`);
    await sees(page, '一覧を作成しています');
    await follow(page, '続きを確認する');
    await sees(page, '一覧を作成しています');
    await demo.setClock(`${DAY}T09:00:00+09:00`);
    await follow(page, '続きを確認する');
    await sees(page, '葉山');
    await demo.control('interface', { condition: 'open' });
    await shown.close();
  });

  it('slow: what comes late comes, and what does not come in time is told and kept in mind', { timeout: 120_000 }, async () => {
    const { shown, page } = await signIn(DESK, 'staff');
    shown.setDefaultTimeout(60_000);
    await demo.control('interface', { condition: 'slow', seconds: 1 });
    await page.goto(`${station.terminal}/receptions?by=visit&day=${DAY}`);
    await sees(page, '葉山');
    // Longer than the terminal waits.
    await demo.control('interface', { condition: 'slow', seconds: 3600 });
    await page.goto(`${station.terminal}/receptions?by=visit&day=2026-11-27`);
    await sees(page, '応答に時間がかかっています');
    await demo.control('interface', { condition: 'open' });
    await page.goto(`${station.terminal}/follow-ups`);
    await sees(page, '応答なし');
    await follow(page, 'もう一度照会する');
    await sees(page, '受付はありません');
    await page.goto(`${station.terminal}/follow-ups`);
    await sees(page, '再確認するものはありません');
    await shown.close();
  });
});
