// Whole journeys in a real Chromium, in phone size, each by a person and a browser of its own.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DESK, IPHONE, context, launch } from './chromium.mjs';
import { start } from './demo.mjs';
import { Desk, Terminal } from './clinic.mjs';
import { Patient } from './patient.mjs';

const CLINIC = '星凪内科クリニック';

describe('journeys', { concurrency: 3 }, () => {
  let browser, demo;
  before(async () => ([browser, demo] = await Promise.all([launch(), start()])));
  after(async () => {
    await browser.close();
    const { code } = await demo.stop();
    assert.equal(code, 0, 'SIGTERM ends it cleanly');
  });

  const journey = (name, options, walk) =>
    it(name, { timeout: 120_000 }, async () => {
      const patient = await Patient.open(demo, browser, `${Math.random().toString(36).slice(2)}@example.jp`, options);
      try {
        await walk(patient);
      } catch (error) {
        error.message += `\nat ${patient.page.url()}\n${(await patient.page.locator('main').innerText().catch(() => '')).slice(0, 1500)}`;
        throw error;
      } finally {
        await patient.close();
      }
    });

  const desk = (word) => Desk.open(demo, browser, `desk@${word}.example.jp`);

  journey('Android: booked, consented, read, back by itself', {}, async (patient) => {
    await patient.book(CLINIC);
    await patient.leave();
    await patient.agree();
    await patient.readInApp('hayama-misaki', '4186');
    await patient.finish();
    await patient.sees('2026年11月24日');
    await patient.page.goto(patient.appointment);
    await patient.sees('登録');
    assert.equal(await patient.page.getByRole('button', { name: '同意可否を選択する', exact: true }).count(), 0);
  });

  journey('iPhone: the person switches back and types three digits', { agent: IPHONE }, async (patient) => {
    await patient.book('ことりば小児科', { day: '2026-11-25' });
    await patient.leave();
    await patient.agree();
    const [app] = await Promise.all([
      patient.shown.waitForEvent('page'),
      patient.follow(/^マイナポータルアプリを開く/),
    ]);
    await patient.takeCard('kashiwagi-koji', app);
    await patient.enterPin('7302', app);
    const digits = await app.locator('.big-digits, [class*=digits]').first().innerText();
    // The page that stayed open goes on by itself to the number's field.
    await patient.heading('番号の入力');
    await patient.page.locator('input[name="digits"]').fill(digits.replaceAll(/\D/g, ''));
    await patient.press('次へ進む');
    await patient.finish();
  });

  journey('without scripts: booked, consented, read, back, and a picture sent besides', { scripts: false }, async (patient) => {
    await patient.book('雲居皮膚科', { day: '2026-11-26' });
    await patient.leave();
    await patient.agree();
    await patient.readInApp('hashimoto-kozue', '4761');
    await patient.finish();
    await patient.page.goto(`${patient.appointment}/picture`);
    await patient.sendPicture(200);
  });

  journey('without scripts on an iPhone: the person asks how far it is', { agent: IPHONE, scripts: false }, async (patient) => {
    await patient.book('ことりば小児科', { day: '2026-11-27' });
    await patient.leave();
    await patient.agree();
    const [app] = await Promise.all([
      patient.shown.waitForEvent('page'),
      patient.follow(/^マイナポータルアプリを開く/),
    ]);
    await patient.takeCard('hayama-koharu', app);
    await patient.enterPin('0520', app);
    const digits = await app.locator('.big-digits, [class*=digits]').first().innerText();
    await patient.follow('状況を確認する');
    await patient.heading('番号の入力');
    await patient.page.locator('input[name="digits"]').fill(digits.replaceAll(/\D/g, ''));
    await patient.press('次へ進む');
    await patient.finish();
  });

  journey('another device: the code on the screen of a computer', { device: DESK, agent: undefined }, async (patient) => {
    await patient.book('雲居皮膚科', { day: '2026-11-25' });
    await patient.leave();
    await patient.agree();
    const open = await patient.page.getByRole('link', { name: 'パソコン版のマイナポータルアプリを開く' }).getAttribute('href');
    const phone = await context(browser, { agent: IPHONE });
    const app = await phone.newPage();
    await app.goto(open.replace('/open?', '/scan?'));
    await patient.takeCard('saegusa-yukari', app);
    await patient.enterPin('2915', app);
    const digits = await app.locator('.big-digits, [class*=digits]').first().innerText();
    await patient.heading('番号の入力');
    await patient.page.locator('input[name="digits"]').fill(digits.replaceAll(/\D/g, ''));
    await patient.press('次へ進む');
    await patient.finish();
    await phone.close();
  });

  journey('the app is not installed: its store page, and the way back in', {}, async (patient) => {
    await patient.page.goto(demo.portal);
    await patient.press('アプリを削除する');
    await patient.book(CLINIC, { day: '2026-11-25' });
    await patient.leave();
    await patient.agree();
    await patient.follow('マイナポータルアプリを開く');
    await patient.press('インストール');
    await patient.takeCard('karita-makoto');
    await patient.enterPin('5043');
    await patient.finish();
  });

  journey('some items declined: the terminal shows the others', {}, async (patient) => {
    await patient.book('七草ウィメンズクリニック', { day: '2026-11-25' });
    await patient.leave();
    await patient.agree({
      operations: 'decline', treatments: 'decline', medicines: 'agree', 'check-ups': 'decline', limits: 'agree', 'specific-diseases': 'agree',
    });
    await patient.readInApp('ishiwata-masao', '8052');
    await patient.finish();
    const terminal = await Terminal.open(demo, browser, '七草ウィメンズクリニック', /一般/);
    await terminal.list('受診年月日', '2026-11-25');
    const row = terminal.page.getByRole('row').filter({ hasText: '石渡' });
    await row.waitFor();
    const text = await row.innerText();
    assert.match(text, /有効/);
    assert.match(text, /未同意/);
    await terminal.close();
  });

  journey('all declined: eligibility stands all the same', {}, async (patient) => {
    await patient.book('凪浜循環器内科', { day: '2026-11-25' });
    await patient.leave();
    await patient.agree(Object.fromEntries(
      ['operations', 'treatments', 'medicines', 'check-ups', 'limits', 'specific-diseases'].map((item) => [item, 'decline']),
    ));
    await patient.readInApp('segawa-tomi', '2047');
    await patient.finish();
    const terminal = await Terminal.open(demo, browser, '凪浜循環器内科', /一般/);
    await terminal.list('受診年月日', '2026-11-25');
    const row = terminal.page.getByRole('row').filter({ hasText: '瀬川' });
    assert.match(await row.innerText(), /有効/);
    await terminal.close();
  });

  journey('the tab is closed before 「手続きを終了する」: nobody knows, and it is finished later', {}, async (patient) => {
    await patient.book('あけぼし腎・泌尿器クリニック', { day: '2026-11-25' });
    await patient.leave();
    await patient.agree();
    await patient.readInApp('moriwaki-toshio', '3816');
    await patient.heading('同意登録完了');
    await patient.page.close();
    patient.page = await patient.shown.newPage();
    await patient.page.goto(patient.appointment);
    await patient.sees('登録状況を確認できません');
    await patient.press('同意可否を選択する');
    await patient.finish();
    await patient.page.goto(patient.appointment);
    assert.equal(await patient.page.getByText('登録状況を確認できません').count(), 0);
  });

  journey('PIN wrong, wrong, right: the tries are shown before the next one', {}, async (patient) => {
    await patient.book(CLINIC, { day: '2026-11-26' });
    await patient.leave();
    await patient.agree();
    await patient.follow('マイナポータルアプリを開く');
    await patient.takeCard('anzai-rei');
    await patient.sees('あと3回');
    await patient.enterPin('0000');
    await patient.sees('あと2回');
    await patient.enterPin('0000');
    await patient.sees('あと1回');
    await patient.enterPin('1937');
    await patient.finish();
  });

  journey('PIN locked: a picture instead, sent again on the desk’s word, accepted', {}, async (patient) => {
    await patient.book('里山ことのは診療所', { day: '2026-11-25' });
    await patient.leave();
    await patient.agree();
    await patient.follow('マイナポータルアプリを開く');
    await patient.takeCard('toyama-takumi');
    await patient.sees('ロック');
    await patient.page.goto(patient.appointment);
    await patient.follow('保険証画像をアップロードする');
    await patient.sendPicture();
    const clinic = await desk('kotonoha');
    await clinic.visit(patient.appointment);
    await clinic.picture();
    await clinic.page.locator('summary').filter({ hasText: '送り直し' }).click();
    await clinic.page.locator('select[name="why_again"]').selectOption('glare');
    await clinic.press('送り直しをお願いする');
    await patient.page.goto(`${patient.appointment}/picture`);
    await patient.sees('光');
    await patient.sendPicture(60);
    await clinic.visit(patient.appointment);
    await clinic.picture();
    await clinic.press('この画像で保険を確認しました');
    await patient.page.goto(patient.appointment);
    await patient.sees('確認');
    await clinic.close();
  });

  journey('self-pay needs no proof', {}, async (patient) => {
    await patient.book('月影ビューティースキンクリニック', { charge: '自費診療', day: '2026-11-25' });
    assert.equal(await patient.page.getByRole('button', { name: '同意可否を選択する' }).count(), 0);
    assert.equal(await patient.page.getByRole('link', { name: '保険証画像をアップロードする' }).count(), 0);
  });

  journey('an institution without マイナ保険証対応 offers the picture and says so', {}, async (patient) => {
    await patient.book('はなうた整形外科', { day: '2026-11-26' });
    assert.equal(await patient.page.getByRole('button', { name: '同意可否を選択する' }).count(), 0);
    await patient.follow('保険証画像をアップロードする');
    await patient.sendPicture();
  });

  journey('moved to another day: the proof is void, and a new one is made', {}, async (patient) => {
    await patient.book('珊瑚の風クリニック', { day: '2026-11-25' });
    await patient.leave();
    await patient.agree();
    await patient.readInApp('hidaka-chihiro', '5390');
    await patient.finish();
    await patient.page.goto(patient.appointment);
    await patient.follow('日時を変更する');
    await patient.chooseTime('2026-11-27');
    await patient.press('この日時に変更する');
    await patient.page.goto(patient.appointment);
    await patient.press('同意可否を選択する');
    await patient.heading('同意可否の選択');
    await patient.sees('2026年11月27日');
    await patient.agree();
    await patient.readInApp('hidaka-chihiro', '5390');
    await patient.finish();
  });

  journey('fixed URL: nothing comes back but the patient’s own word', {}, async (patient) => {
    await patient.book('みなも耳鼻咽喉科', { day: '2026-11-26' });
    await patient.press('同意可否を選択する');
    await patient.sees('2026年11月26日');
    const way = await patient.page.locator('a[href*="/i/"]').first().getAttribute('href');
    const here = patient.page.url();
    await patient.page.goto(way);
    await patient.page.locator('input[name="visit_year"]').fill('2026');
    await patient.page.locator('input[name="visit_month"]').fill('11');
    await patient.page.locator('input[name="visit_day"]').fill('26');
    await patient.press('同意登録をする');
    await patient.heading('同意可否の選択');
    await patient.agree();
    await patient.readInApp('kajitani-ryosuke', '2468');
    await patient.heading('同意登録完了');
    await patient.press('手続きを終了する');
    await patient.heading('手続きは終了しました');
    await patient.page.goto(here);
    await patient.press('手続きを終えました');
    await patient.page.goto(patient.appointment);
    await patient.sees('医療機関');
  });

  journey('consent withdrawn: the institution reads nothing more', {}, async (patient) => {
    await patient.book('白樺坂メンタルクリニック', { day: '2026-11-25' });
    await patient.leave();
    await patient.agree();
    await patient.readInApp('hayase-jun', '9531');
    await patient.finish();
    await patient.page.goto(`${demo.reception}/review`);
    await patient.press('カードの読み取りに進む');
    await patient.readInApp('hayase-jun', '9531');
    await patient.heading('登録されている同意');
    await patient.sees('白樺坂メンタルクリニック');
    await patient.follow('すべての同意を取消す');
    await patient.press('すべての同意を取消す');
    await patient.sees('有効な同意はありません');
    const terminal = await Terminal.open(demo, browser, '白樺坂メンタルクリニック', /一般/);
    await terminal.list('受診年月日', '2026-11-25');
    assert.equal(await terminal.page.getByText('早瀬').count(), 0);
    await terminal.close();
  });

  for (const [card, pin, words] of [
    ['narumi-masaru', '6274', '有効期限が切れています'],
    ['kuramoto-daichi', '7729', '利用登録'],
    ['togawa-toru', '6083', '失効'],
  ]) {
    journey(`a card that cannot be used (${card}) says why and leads on`, {}, async (patient) => {
      await patient.book(CLINIC, { day: '2026-11-27' });
      await patient.leave();
      await patient.agree();
      await patient.readInApp(card, pin);
      await patient.sees(words);
    });
  }
});

describe('midnight in Japan', () => {
  it('the consent is over when the visit day is', { timeout: 120_000 }, async () => {
    const [browser, demo] = await Promise.all([launch(), start({ clock: '2026-11-24T18:00:00+09:00' })]);
    try {
      const patient = await Patient.open(demo, browser, 'midnight@example.jp');
      await patient.book(CLINIC, { day: '2026-11-25' });
      await patient.leave();
      await patient.agree();
      await patient.readInApp('mizuki-aya', '3950');
      await patient.finish();
      await demo.setClock('2026-11-25T23:59:50+09:00');
      const terminal = await Terminal.open(demo, browser, CLINIC, /一般/);
      await terminal.list('受診年月日', '2026-11-25');
      await terminal.page.getByText('水城').first().waitFor();
      await demo.setClock('2026-11-26T00:00:00+09:00');
      await terminal.list('受診年月日', '2026-11-25');
      assert.equal(await terminal.page.getByText('水城').count(), 0);
      await patient.page.goto(patient.appointment);
      assert.equal(await patient.page.getByRole('button', { name: '同意可否を選択する' }).count(), 0);
    } finally {
      await browser.close();
      await demo.stop();
    }
  });
});
