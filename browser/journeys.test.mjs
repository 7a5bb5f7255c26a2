// Whole journeys in a real Chromium, in phone size, each by a person and a browser of its own.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { BROWSER_ON_PHONE, DESK, IPHONE, brokenOff, context, launch } from './chromium.mjs';
import { start } from './demo.mjs';
import { Desk, Terminal } from './clinic.mjs';
import { Patient, tick } from './patient.mjs';
import { document } from './picture.mjs';
import { scan } from './qr.mjs';
import { Computer, freePort } from './reader.mjs';

const CLINIC = '星凪内科クリニック';

// One patient's way, with a browser of her own; where it breaks off, the page tells why.
async function walked(demo, browser, options, walk) {
  const patient = await Patient.open(demo, browser, `${Math.random().toString(36).slice(2)}@example.jp`, options);
  try {
    await walk(patient);
  } catch (error) {
    throw await brokenOff(error, patient.page);
  } finally {
    await patient.close();
  }
}

describe('journeys', { concurrency: 3 }, () => {
  let browser, demo;
  before(async () => ([browser, demo] = await Promise.all([launch(), start()])));
  after(async () => {
    await browser.close();
    const { code } = await demo.stop();
    assert.equal(code, 0, 'SIGTERM ends it cleanly');
  });

  const journey = (name, options, walk) => it(name, { timeout: 120_000 }, () => walked(demo, browser, options, walk));

  const desk = (word) => Desk.open(demo, browser, `desk@${word}.example.jp`);

  journey('Android: booked, consented, read, back by itself', {}, async (patient) => {
    await patient.book(CLINIC);
    await patient.leave();
    await patient.agree();
    await patient.readInApp('hayama-misaki', '4186');
    await patient.finish();
    await patient.sees('2026年11月24日');
    await patient.page.goto(patient.appointment);
    await patient.sees('マイナ保険証の利用のための手続きは完了しています');
    await patient.sees(/^同意登録済み。.*11月24日（火）/);
    assert.equal(await patient.page.getByRole('button', { name: '同意可否を選択する', exact: true }).count(), 0);
  });

  journey('Android, in English: every step says in English where she stands', { language: 'en' }, async (patient) => {
    const { page } = patient;
    await page.goto(`${demo.consult}/?q=Kotoriba`);
    await patient.heading('Online consultation');
    await patient.follow("Kotoriba Children's Clinic");
    await patient.heading("Kotoriba Children's Clinic");
    await patient.sees('What you need to use your card');
    await patient.follow('Choose a time');
    await patient.heading('Choose a time');
    await patient.chooseTime('2026-11-25');
    await patient.heading('Sign in or sign up');
    await page.getByLabel('E-mail address').fill(patient.mail);
    await patient.press('Send the code');
    await patient.heading('Enter the code');
    const letter = await demo.letter(patient.mail);
    assert.match(letter.body, /code/, 'the mail is in English too');
    await page.getByLabel('Code').fill(letter.body.match(/\b(\d{6})\b/)[1]);
    await patient.press('Sign in');
    await patient.heading('Your details');
    await page.locator('[name=name]').fill('AOKI Hanako');
    await page.locator('[name=kana]').fill('あおき はなこ');
    await page.locator('[name=birth]').fill('1985/4/3');
    await page.locator('[name=phone]').fill('090-1234-5678');
    await patient.press('Register');
    await patient.heading('Check and book');
    await patient.press('Confirm booking');
    await patient.heading('Your visit is booked');
    await patient.sees('Next: confirm your insurance');
    const appointment = page.url().replace(/\/booked$/, '');
    await patient.press('Choose what to share (同意可否を選択する)');
    await patient.heading('Choose what the institution may see');
    await patient.sees('Wed 25 November 2026');
    await patient.press('Agree to all items');
    await patient.heading('Check your choices');
    await patient.sees('All six items are set to “Agree”.');
    await patient.press('Register these choices (同意内容を登録する)');
    await patient.heading('Scan your card');
    await patient.follow('Open マイナポータルアプリ');
    await patient.press('Continue');
    await patient.heading('Check the request');
    await tick(page.locator('input[name="card"][value="kamiya-sota"]'));
    await patient.press('Next');
    await patient.heading('Enter the PIN');
    await patient.sees('The card locks after 3 more wrong attempts');
    await page.locator('input[name="pin"]').fill('0000');
    await patient.press('Start scanning');
    await patient.sees('That is not the PIN. After 2 more wrong attempts the card locks.');
    await page.locator('input[name="pin"]').fill('1462');
    await patient.press('Start scanning');
    await patient.heading('One more step: finish and go back');
    await patient.press('Finish and go back (手続きを終了する)');
    await patient.heading('All done');
    await patient.sees('Your card is set up for this visit.');
    await page.goto(appointment);
    await patient.sees('Consent registered (until the end of Wed 25 Nov)');
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  });

  journey('iPhone: the person switches back and types three digits', { agent: IPHONE }, async (patient) => {
    await patient.book('ことりば小児科', { day: '2026-11-25' });
    await patient.leave();
    await patient.agree();
    const app = await patient.openAppInNewTab();
    await patient.takeCard('kashiwagi-koji', app);
    await patient.enterPin('7302', app);
    const digits = await patient.readDigits(app);
    // The page that stayed open goes on by itself to the number's field.
    await patient.typeDigits(digits);
    await patient.finish();
  });

  journey('iPhone: the link in the app opens the browser that began, without any number', { agent: IPHONE }, async (patient) => {
    await patient.book('ことりば小児科', { day: '2026-11-27' });
    await patient.leave();
    await patient.agree();
    const app = await patient.openAppInNewTab();
    await patient.takeCard('kashiwagi-koji', app);
    await patient.enterPin('7302', app);
    await patient.heading('あと1つ：ブラウザに戻る', app);
    await patient.follow('ブラウザに戻る', app);
    await patient.heading('あと1つ：手続きを終了する', app);
    await patient.press('手続きを終了する', app);
    await app.waitForURL(`${demo.consult}/**`);
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
    const app = await patient.openAppInNewTab();
    await patient.takeCard('hayama-koharu', app);
    await patient.enterPin('0520', app);
    const digits = await patient.readDigits(app);
    // The page also asks by itself now and then, and may be ahead of the finger.
    await Promise.any([patient.follow('状況を確認する'), patient.heading('番号の入力')]);
    await patient.typeDigits(digits);
    await patient.finish();
  });

  journey('another device: the code on the screen of a computer', { device: DESK, agent: undefined }, async (patient) => {
    await patient.book('雲居皮膚科', { day: '2026-11-25' });
    await patient.leave();
    await patient.agree();
    const read = await scan(patient.page.locator('.qr'));
    assert.equal(new URL(read).origin, demo.portal);
    const phone = await context(browser, { agent: IPHONE });
    const app = await phone.newPage();
    await app.goto(read);
    await patient.takeCard('saegusa-yukari', app);
    await patient.enterPin('2915', app);
    const digits = await patient.readDigits(app);
    await patient.typeDigits(digits);
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
    await patient.heading('あと1つ：手続きを終了する');
    await patient.page.close();
    patient.page = await patient.shown.newPage();
    await patient.page.goto(patient.appointment);
    await patient.sees('手続きの途中です');
    await patient.press('手続きの続きへ');
    await patient.finish();
    await patient.page.goto(patient.appointment);
    assert.equal(await patient.page.getByText('手続きの途中です').count(), 0);
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

  journey('PIN wrong three times: the card is locked, and a picture is the other way', {}, async (patient) => {
    await patient.book('里山ことのは診療所', { day: '2026-11-25' });
    await patient.leave();
    await patient.agree();
    await patient.follow('マイナポータルアプリを開く');
    await patient.takeCard('wakamiya-mei');
    for (const left of ['あと2回', 'あと1回']) {
      await patient.enterPin('0000');
      await patient.sees(left);
    }
    await patient.enterPin('0000');
    await patient.heading('暗証番号がロックされました');
    await patient.sees('資格確認書などの画像を送れば受診できます');
    // The right one comes too late.
    await patient.follow('ブラウザに戻る');
    await patient.press('もう一度カードを読み取る');
    await patient.follow('マイナポータルアプリを開く');
    await patient.takeCard('wakamiya-mei');
    await patient.heading('このカードの暗証番号はロックされています');
    await patient.follow('ブラウザに戻る');
    await patient.press('予約したサービスに戻る');
    await patient.page.waitForURL(`${demo.consult}/**`);
    await patient.page.goto(patient.appointment);
    await patient.follow('保険証画像をアップロードする');
    await patient.sendPicture();
    await patient.page.goto(patient.appointment);
    await patient.sees('保険証画像を受け付けました。医療機関が確認します。');
  });

  journey('a picture refused by the desk, sent again, accepted', {}, async (patient) => {
    await patient.book('里山ことのは診療所', { day: '2026-11-26' });
    await patient.follow('保険証画像をアップロードする');
    await patient.sendPicture();
    const clinic = await desk('kotonoha');
    await clinic.visit(patient.appointment);
    await clinic.picture();
    await clinic.page.locator('summary').filter({ hasText: '送り直し' }).click();
    await clinic.page.locator('select[name="why_again"]').selectOption('glare');
    await clinic.press('送り直しをお願いする');
    await patient.page.goto(patient.appointment);
    await patient.sees('医療機関から、保険証画像のお願いが届いています');
    await patient.page.goto(`${patient.appointment}/picture`);
    await patient.sees('光が反射して読めないところがありました。');
    await patient.sendPicture(60);
    await patient.page.goto(patient.appointment);
    await patient.sees('保険証画像を受け付けました。医療機関が確認します。');
    await clinic.visit(patient.appointment);
    await clinic.picture();
    // A slip of the hand is taken back before the patient hears of it.
    await clinic.accept();
    await clinic.undo();
    await patient.page.goto(patient.appointment);
    await patient.sees('保険証画像を受け付けました。医療機関が確認します。');
    await clinic.picture();
    await clinic.accept();
    await patient.page.goto(patient.appointment);
    await patient.sees('医療機関が保険を確認しました。');
    await patient.page.goto(`${patient.appointment}/picture`);
    await patient.sees('医療機関が画像を確認しました');
    await clinic.close();
  });

  journey('self-pay needs no proof', {}, async (patient) => {
    await patient.book('月影ビューティースキンクリニック', { charge: '自費診療', day: '2026-11-25' });
    assert.equal(await patient.page.getByRole('button', { name: '同意可否を選択する' }).count(), 0);
    assert.equal(await patient.page.getByRole('link', { name: '保険証画像をアップロードする' }).count(), 0);
  });

  journey('an institution without マイナ保険証対応 offers the picture and says so', {}, async (patient) => {
    await patient.page.goto(`${demo.consult}/?q=${encodeURIComponent('はなうた整形外科')}`);
    await patient.follow('はなうた整形外科');
    await patient.sees('この医療機関はマイナ保険証に対応していません');
    await patient.book('はなうた整形外科', { day: '2026-11-26' });
    await patient.sees('この医療機関はマイナ保険証に対応していないため、資格確認書などの画像で確認します。');
    assert.equal(await patient.page.getByRole('button', { name: '同意可否を選択する' }).count(), 0);
    await patient.follow('保険証画像をアップロードする');
    await patient.sendPicture();
  });

  journey('a file that is no picture is turned down at once, the reason stays, and a photo is sent instead', {}, async (patient) => {
    const { page } = patient;
    await patient.book('はなうた整形外科', { day: '2026-11-27' });
    await patient.follow('保険証画像をアップロードする');
    await patient.press('次へ');
    const front = page.locator('[data-upload]').first();
    const file = { name: 'paper.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7') };
    await front.locator('input[type=file]:not([capture])').setInputFiles(file);
    await patient.sees('PDFは送れません。');
    await patient.press('この画像を送る');
    await page.getByRole('alert').getByText('PDFは送れません。').waitFor();
    // The camera's own way, and what was sent is asked about before it is erased.
    await page.locator('[data-upload]').first().locator('input[capture]').setInputFiles(document(30));
    await patient.press('この画像を送る');
    await patient.sees('画像を送りました');
    await patient.follow('この画像を消す');
    await patient.heading('この画像を消しますか');
    await patient.follow('消さない');
    await patient.sees('画像を送りました');
  });

  journey('left half-way: what was chosen is still there when the patient goes on', {}, async (patient) => {
    await patient.book('雲居皮膚科', { day: '2026-11-27' });
    await patient.leave();
    await patient.press('すべての項目に同意する');
    await patient.heading('同意内容の確認');
    await patient.page.goto(`${demo.consult}/appointments`);
    await patient.sees('手続きの途中です');
    await patient.page.goto(patient.appointment);
    await patient.press('手続きの続きへ');
    await patient.heading('同意内容の確認');
    // Going back after cancelling leads to the appointment.
    await patient.page.goto(`${patient.appointment}/cancel`);
    await patient.press('予約をキャンセルする');
    await patient.sees('この予約はキャンセル済みです。');
    await patient.page.goto(`${patient.appointment}/cancel`);
    await patient.heading('予約詳細');
    assert.equal(await patient.page.locator('.timeline').count(), 0);
  });

  journey('a search shows its first hit without scrolling', { device: BROWSER_ON_PHONE }, async (patient) => {
    const { page } = patient;
    await page.goto(demo.consult);
    await page.getByLabel('医療機関の名前・地域').fill('星凪');
    await patient.press('さがす');
    await page.waitForURL('**/?q=*');
    const hit = page.locator('.link-card').first();
    assert.match(await hit.innerText(), /星凪内科クリニック/);
    const { top, bottom } = await hit.evaluate((card) => card.getBoundingClientRect().toJSON());
    assert.ok(top >= 0 && bottom <= BROWSER_ON_PHONE.viewport.height, `the hit is at ${top}–${bottom} px`);
  });

  journey('the list of the desk renews itself: a new booking appears in it', {}, async (patient) => {
    const clinic = await desk('kotonoha');
    const list = clinic.page;
    // From here on the clock of this page stands until it is told to go on.
    const now = Date.now();
    await list.clock.install({ time: now });
    await list.clock.pauseAt(now + 1_000);
    await list.goto(`${demo.consult}/desk/visits?date=2026-11-27`);
    const every = await list.locator('[data-renew]').evaluate((region) => {
      window.stays = true;
      return Number(region.dataset.every);
    });
    await patient.book('里山ことのは診療所', { day: '2026-11-27' });
    const row = list.locator(`[data-visit="${patient.appointment.split('/').pop()}"]`);
    assert.equal(await row.count(), 0);
    await list.clock.runFor(every);
    await row.first().waitFor({ state: 'attached' });
    await list.getByText('新しい予約：1件').waitFor();
    assert.ok(await list.evaluate(() => window.stays), 'the page was not loaded again');
    await clinic.close();
  });

  journey('inside a procedure there is the name of the site and the way to stop, and no menu', {}, async (patient) => {
    const { page } = patient;
    const check = async () => {
      assert.equal(await page.locator('nav').count(), 0, page.url());
      assert.equal(await page.locator('header a:not(.language)').count(), 1, page.url());
      await page.getByRole('button', { name: '登録せずに手続きを中止する', exact: true }).waitFor();
    };
    await page.goto(demo.reception);
    await page.locator('nav.menu').waitFor();
    await patient.book('雲居皮膚科', { day: '2026-11-27' });
    await patient.leave();
    await check();
    await patient.press('すべての項目に同意する');
    await patient.heading('同意内容の確認');
    await check();
    await patient.press('同意内容を登録する');
    await patient.heading('マイナンバーカードの読み取り');
    await check();
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
    await patient.heading('日時の変更を確認');
    await patient.sees('今の保険の手続きは無効になります');
    await patient.press('この日時に変更する');
    await patient.page.goto(patient.appointment);
    await patient.sees('日付を変更したため、11月25日（水）の診察のための手続きは無効になりました。');
    await patient.press('同意可否を選択する');
    await patient.heading('同意可否の選択');
    await patient.sees('2026年11月27日');
    await patient.agree();
    await patient.readInApp('hidaka-chihiro', '5390');
    await patient.finish();
    await patient.page.goto(patient.appointment);
    await patient.sees('同意登録済み。11月27日（金）の夜12時まで');
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
    await patient.heading('あと1つ：手続きを終了する');
    await patient.press('手続きを終了する');
    await patient.heading('手続きは終了しました');
    await patient.page.goto(here);
    await patient.press('手続きを終えました');
    await patient.page.goto(patient.appointment);
    await patient.sees('「手続きを終えました」とのご連絡を受け付けました。登録は医療機関が確認します。');
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

  journey('a card whose certificate is over is told so before the PIN', {}, async (patient) => {
    await patient.book(CLINIC, { day: '2026-11-27' });
    await patient.leave();
    await patient.agree();
    await patient.follow('マイナポータルアプリを開く');
    await patient.takeCard('narumi-masaru');
    await patient.heading('電子証明書の有効期限が切れています');
    assert.equal(await patient.page.locator('input[name="pin"]').count(), 0);
    await patient.follow('ブラウザに戻る');
    await patient.sees('電子証明書の有効期限が切れています');
    await patient.press('予約したサービスに戻る');
    await patient.page.waitForURL(`${demo.consult}/**`);
  });

  for (const [card, pin, words] of [
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

describe('a computer with a card reader', () => {
  let browser, demo, computer;
  before(async () => {
    const port = await freePort();
    [browser, demo] = await Promise.all([launch(), start({ computerPort: port })]);
    computer = await Computer.start(demo, port);
  });
  after(async () => {
    try {
      assert.equal(await computer?.stop(), 0, 'SIGTERM ends the app cleanly');
    } finally {
      await browser.close();
      await demo.stop();
    }
  });

  for (const [name, scripts, card, pin] of [
    ['the window waits for the card, reads it and leads back', true, 'hayama-misaki', '4186'],
    ['the same without a script, by keyboard', false, 'kashiwagi-koji', '7302'],
  ]) {
    const options = { device: DESK, agent: undefined, scripts };
    const walk = async (patient) => {
      const { page } = patient;
      const press = async (button) => {
        if (scripts) return patient.press(button);
        await page.getByRole('button', { name: button, exact: true }).focus();
        return page.keyboard.press('Enter');
      };
      await patient.book(CLINIC, { day: '2026-11-25' });
      await patient.leave();
      // By keyboard each item is chosen by itself.
      const items = ['operations', 'treatments', 'medicines', 'check-ups', 'limits', 'specific-diseases'];
      await patient.agree(scripts ? undefined : Object.fromEntries(items.map((item) => [item, 'agree'])));
      await patient.follow(/^このパソコンのカードリーダーで読み取る/);
      assert.equal(new URL(page.url()).origin, computer.address);
      await press('続ける');
      await patient.sees(CLINIC);
      await patient.sees('カードを置いてください');
      // Nobody presses anything: the page goes on when the card lies there.
      computer.insert(card);
      await page.getByRole('button', { name: '次へ' }).waitFor({ timeout: 30_000 });
      await press('次へ');
      await patient.sees('あと3回');
      assert.notEqual(await computer.anotherProgram(), 'jpki', 'the card is held');
      await page.locator('input[name="pin"]').fill('0000');
      await press('読み取り開始');
      await patient.sees('あと2回');
      await page.locator('input[name="pin"]').fill(pin);
      await press('読み取り開始');
      await patient.heading('あと1つ：手続きを終了する');
      assert.equal(new URL(page.url()).origin, demo.reception, 'the browser was led back');
      assert.equal(await computer.anotherProgram(), 'jpki', 'and the card is free');
      await patient.finish();
      await computer.remove();
    };
    it(name, { timeout: 120_000 }, () => walked(demo, browser, options, walk));
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
