// What a phone on a slow line must fetch: no page over 40 kB over the wire on first load, fonts and a person's own pictures
// aside. Each is weighed in a browser that has fetched nothing yet, signed in as whoever stands before it.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ANDROID, DESK, PHONE, launch } from './chromium.mjs';
import { Desk, Terminal } from './clinic.mjs';
import { start } from './demo.mjs';
import { Patient } from './patient.mjs';

const MOST = 40_000;
const CLINIC = '星凪内科クリニック';
const DAY = '2026-11-25';

describe('no first load is over 40 kB', () => {
  let browser, demo;
  before(async () => ([browser, demo] = await Promise.all([launch(), start()])));
  after(async () => {
    await browser.close();
    await demo.stop();
  });

  // What the first load of an address costs whoever has these cookies, and what the page's heading is.
  async function weigh(address, { cookies, device = PHONE } = {}) {
    const options = { ...device, locale: 'ja-JP', timezoneId: 'Asia/Tokyo', ...(device === PHONE ? { userAgent: ANDROID } : {}) };
    const shown = await browser.newContext({ ...options, storageState: cookies });
    const page = await shown.newPage();
    const wire = await shown.newCDPSession(page);
    await wire.send('Network.enable');
    const aside = new Set();
    wire.on('Network.responseReceived', ({ requestId, type, response }) => {
      if (type === 'Font' || /\/(whole|thumbnail)$/.test(new URL(response.url).pathname)) aside.add(requestId);
    });
    let bytes = 0;
    wire.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      if (!aside.has(requestId)) bytes += encodedDataLength;
    });
    const answer = await page.goto(address, { waitUntil: 'networkidle' });
    assert.equal(answer.status(), 200, address);
    const heading = await page.getByRole('heading', { level: 1 }).first().innerText();
    await shown.close();
    assert.ok(bytes > 0, address);
    return { address, heading, bytes };
  }

  const heavy = (weighed) => weighed.filter(({ bytes }) => bytes > MOST);

  it('where nobody is signed in', { timeout: 120_000 }, async () => {
    const [{ code: institution }] = await demo.control('institutions');
    const weighed = [];
    for (const address of [
      demo.home,
      `${demo.home}/people`,
      `${demo.home}/institutions`,
      demo.consult,
      `${demo.consult}/institutions/${institution}`,
      `${demo.consult}/institutions/${institution}/menus/1`,
      `${demo.consult}/help/card`,
      `${demo.consult}/sign-in`,
      `${demo.consult}/desk/sign-in`,
      demo.reception,
      `${demo.reception}/review`,
      demo.portal,
      `${demo.portal}/store`,
      `${demo.terminal}/sign-in`,
    ]) {
      weighed.push(await weigh(address));
    }
    assert.deepEqual(heavy(weighed), []);
  });

  it('along a journey, on both sides', { timeout: 240_000 }, async () => {
    const weighed = [];
    const patient = await Patient.open(demo, browser, 'weight@example.jp');
    const here = async (heading) => {
      await patient.heading(heading);
      await seen(patient.page.url(), heading);
    };
    const seen = async (address, heading) => {
      const found = await weigh(address, { cookies: await patient.shown.storageState() });
      assert.match(found.heading, heading instanceof RegExp ? heading : new RegExp(heading), address);
      weighed.push(found);
    };

    await patient.book(CLINIC, { day: DAY });
    await here('予約できました');
    const { appointment } = patient;
    await seen(appointment, '予約詳細');
    await seen(`${appointment}/move`, '日時');
    await seen(`${appointment}/cancel`, 'キャンセル');
    await seen(`${appointment}/picture`, '保険証画像');
    await seen(`${appointment}/picture?document=screen`, '画像を送る');
    await seen(`${demo.consult}/appointments`, '予約一覧');
    await seen(`${demo.consult}/profile`, /./);
    await patient.leave();
    await here('同意可否の選択');
    await patient.press('すべての項目に同意する');
    await here('同意内容の確認');
    await patient.press('同意内容を登録する');
    await here('マイナンバーカードの読み取り');
    await patient.follow('マイナポータルアプリを開く');
    await here('マイナポータルアプリを開');
    await patient.press('続ける');
    await here('依頼の内容を確認してください');
    await patient.chooseCard('hayama-misaki');
    await here('暗証番号を入力してください');
    await patient.enterPin('4186');
    await here('あと1つ：手続きを終了する');
    await patient.finish();
    await here('手続きが終わりました');
    await seen(appointment, '予約詳細');
    await patient.page.goto(`${appointment}/picture`);
    await patient.sendPicture();
    await seen(`${appointment}/picture`, '画像を送る');

    await patient.page.goto(`${demo.reception}/review`);
    await patient.press('カードの読み取りに進む');
    await patient.readInApp('hayama-misaki', '4186');
    await here('登録されている同意');

    const clinic = await Desk.open(demo, browser, 'desk@hoshinagi.example.jp');
    const visit = `${demo.consult}/desk/visits/${appointment.split('/').pop()}`;
    await clinic.page.goto(visit);
    await clinic.page.locator('a[href*="/pictures/"]').first().click();
    await clinic.page.waitForURL('**/pictures/**');
    const atDesk = { cookies: await clinic.shown.storageState(), device: DESK };
    for (const address of [`${demo.consult}/desk/visits?date=${DAY}`, visit, clinic.page.url()]) {
      weighed.push(await weigh(address, atDesk));
    }
    await clinic.close();

    for (const [role, list] of [[/一般/, 'receptions'], [/医療情報閲覧/, 'patients']]) {
      const terminal = await Terminal.open(demo, browser, CLINIC, role);
      const { page } = terminal;
      await page.goto(`${demo.terminal}/${list}?by=visit&day=${DAY}`);
      const addresses = [page.url()];
      await page.locator(`a[href^="/${list}/"]`).first().click();
      addresses.push(page.url());
      if (list === 'receptions') {
        addresses.push(`${demo.terminal}/follow-ups`, `${demo.terminal}/confirmed`, `${demo.terminal}/appointments`);
      } else {
        for (const kind of ['medicines', 'diagnoses', 'operations', 'check-ups']) addresses.push(`${addresses[1]}/${kind}`);
      }
      const atTerminal = { cookies: await terminal.shown.storageState(), device: DESK };
      for (const address of addresses) weighed.push(await weigh(address, atTerminal));
      await terminal.close();
    }
    await patient.close();
    assert.deepEqual(heavy(weighed), []);
  });
});
