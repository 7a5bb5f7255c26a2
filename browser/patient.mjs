// What a patient does, by the words that stand on the pages.
import assert from 'node:assert/strict';
import { ANDROID, context } from './chromium.mjs';
import { document } from './picture.mjs';

// A choice is pressed by its label, as a finger does.
export async function tick(field) {
  const label = await field.evaluateHandle((input) => input.labels[0]);
  await label.asElement().click();
}

// The times that patients of this process have chosen.
const chosen = new Set();

export class Patient {
  constructor(demo, shown, mail) {
    this.demo = demo;
    this.shown = shown;
    this.mail = mail;
    this.starts = [];
  }

  static async open(demo, browser, mail, options = {}) {
    const shown = await context(browser, { agent: ANDROID, ...options });
    shown.setDefaultTimeout(30_000);
    const patient = new Patient(demo, shown, mail);
    patient.scripts = options.scripts ?? true;
    patient.page = await shown.newPage();
    return patient;
  }

  press(name, page = this.page) {
    return page.getByRole('button', { name, exact: true }).click();
  }

  follow(name, page = this.page) {
    return page.getByRole('link', { name, exact: typeof name === 'string' }).first().click();
  }

  async sees(text, page = this.page) {
    await page.getByText(text).first().waitFor();
  }

  async heading(text, page = this.page) {
    await page.getByRole('heading', { level: 1, name: text }).waitFor();
  }

  // Books the first free time on `day` ('2026-11-24') at an institution.
  async book(institution, { charge = '保険診療', day = '2026-11-24' } = {}) {
    const { page } = this;
    await page.goto(`${this.demo.consult}/?q=${encodeURIComponent(institution)}`);
    await this.follow(institution);
    await this.heading(institution);
    const menus = page.locator('li, section, article, .panel').filter({ hasText: charge }).filter({ has: page.getByRole('link', { name: '日時を選ぶ' }) });
    await menus.last().getByRole('link', { name: '日時を選ぶ' }).first().click();
    await this.chooseTime(day);
    if (page.url().includes('/sign-in')) await this.signIn();
    await this.press('この内容で予約する');
    await page.waitForURL('**/booked');
    this.appointment = page.url().replace(/\/booked$/, '');
  }

  async chooseTime(day) {
    const { page } = this;
    const from = Date.parse(`${day}T00:00:00+09:00`);
    const row = page.locator(`#day-${day}`);
    const times = row.locator('button[name=start]');
    const starts = await times.evaluateAll((buttons) => buttons.map((button) => Number(button.value)));
    const fitting = starts.filter((start) => start >= from && start < from + 24 * 3600 * 1000);
    // Patients who book beside each other take different times, and nobody is in two places at once.
    const clinic = page.url().split('/menus/')[0];
    const isApart = (start) => this.starts.every((other) => Math.abs(other - start) >= 3600 * 1000);
    const free = fitting.filter((start) => !chosen.has(`${clinic} ${start}`) && isApart(start));
    assert.ok(free.length > 0, `there is a free time on ${day}`);
    const start = free[0];
    chosen.add(`${clinic} ${start}`);
    this.starts.push(start);
    // Only one day is unfolded.
    if (!(await times.first().isVisible())) await row.locator('summary').click();
    await row.locator(`button[value="${start}"]`).click();
  }

  async signIn() {
    const { page } = this;
    await page.getByLabel('メールアドレス').fill(this.mail);
    await this.press('確認コードを送る');
    const letter = await this.demo.letter(this.mail);
    const code = letter.body.match(/\b(\d{6})\b/)[1];
    await page.getByLabel('確認コード').fill(code);
    await this.press('ログインする');
    if (page.url().includes('/profile')) {
      await page.getByLabel('お名前', { exact: false }).first().fill('青木 花子');
      await page.locator('[name=kana]').fill('あおき はなこ');
      await page.locator('[name=birth]').fill('昭和60年4月3日');
      await page.locator('[name=phone]').fill('090-1234-5678');
      await this.press('登録する');
    }
  }

  // 「同意可否を選択する」 → the reception's first step.
  async leave() {
    await this.press('同意可否を選択する');
    await this.heading('同意可否の選択');
  }

  // Agrees to all, or as `choose` says for each item's key.
  async agree(choose) {
    const { page } = this;
    if (choose) {
      for (const [item, answer] of Object.entries(choose)) {
        await tick(page.locator(`input[name="${item}"][value="${answer}"]`));
      }
    } else {
      await this.press('すべての項目に同意する');
    }
    // 「すべての項目に同意する」 leads to what was chosen by itself.
    if (choose) await this.press('同意内容を確認する');
    await this.heading('同意内容の確認');
    if (!choose) await this.sees('6項目すべてを「同意する」にしました。');
    await this.press('同意内容を登録する');
    await this.heading('マイナンバーカードの読み取り');
  }

  // In the app: takes the request, chooses the card and goes on to the PIN.
  async takeCard(card, page = this.page) {
    await this.press('続ける', page);
    await this.chooseCard(card, page);
  }

  async chooseCard(card, page = this.page) {
    const radio = page.locator(`input[name="card"][value="${card}"]`);
    const other = page.getByText('別のカードを使う', { exact: true });
    if (!(await radio.isVisible()) && (await other.count())) await other.first().click();
    await tick(radio);
    await this.press('次へ', page);
  }

  async enterPin(pin, page = this.page) {
    await page.locator('input[name="pin"]').fill(pin);
    await this.press('読み取り開始', page);
  }

  async readInApp(card, pin) {
    await this.follow('マイナポータルアプリを開く');
    await this.takeCard(card);
    await this.enterPin(pin);
  }

  // On an iPhone the page that began stays open beside the app.
  async openAppInNewTab() {
    const [app] = await Promise.all([this.shown.waitForEvent('page'), this.follow(/^マイナポータルアプリを開く/)]);
    return app;
  }

  // The number that the app shows after the card was read; on an iPhone it stands there once more, to be copied.
  async readDigits(app) {
    const text = await app.locator('.big-digits, [class*=digits]').first().innerText();
    return text.match(/\d(?: ?\d){2}/)[0];
  }

  async typeDigits(digits) {
    await this.heading('番号の入力');
    await this.page.locator('input[name="digits"]').fill(digits.replaceAll(/\D/g, ''));
    await this.press('次へ進む');
  }

  // On the upload page: the first kind of document, one side.
  async sendPicture(shade) {
    const { page } = this;
    const which = page.getByRole('radio', { name: /資格確認書/ });
    if (await which.count()) {
      await tick(which.first());
      await this.press('次へ');
    }
    for (const side of await page.locator('[data-upload]').all()) {
      const chosen = side.locator('input[type=file]:not([capture])');
      const needed = await side.evaluate((slot) => slot.hasAttribute('data-needed'));
      if (needed || (await chosen.getAttribute('name')) === 'front') await chosen.setInputFiles(document(shade));
    }
    await this.press('この画像を送る');
    const anyway = page.getByRole('button', { name: 'このまま送る', exact: true });
    await page.getByText(/届きました|送りました|このまま送る/).first().waitFor();
    if (await anyway.count()) await anyway.click();
  }

  async finish() {
    await this.heading('あと1つ：手続きを終了する');
    await this.press('手続きを終了する');
    await this.page.waitForURL(`${this.demo.consult}/**`);
  }

  close() {
    return this.shown.close();
  }
}
