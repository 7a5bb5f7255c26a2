// What the clinic does: at the service's desk, and at its own terminal.
import { DESK, context } from './chromium.mjs';
import { tick } from './patient.mjs';

// The demo's own passwords stand on its page of institutions.
const DESK_PASSWORD = 'demo-desk-2026';
const TERMINAL_PASSWORD = 'demo-terminal-2026';

export class Desk {
  static async open(demo, browser, mail) {
    const desk = new Desk();
    desk.shown = await context(browser, { device: DESK });
    desk.shown.setDefaultTimeout(30_000);
    desk.page = await desk.shown.newPage();
    desk.demo = demo;
    await desk.page.goto(`${demo.consult}/desk`);
    await desk.page.locator('input[name="mail"]').fill(mail);
    await desk.page.locator('input[name="password"]').fill(DESK_PASSWORD);
    await desk.press('ログイン');
    await desk.page.waitForURL('**/desk/visits');
    return desk;
  }

  press(name) {
    return this.page.getByRole('button', { name, exact: true }).click();
  }

  visit(appointment) {
    return this.page.goto(`${this.demo.consult}/desk/visits/${appointment.split('/').pop()}`);
  }

  async picture() {
    await this.page.getByRole('link', { name: '画像を確認する' }).click();
  }

  // Compares the picture with the patient, part by part, and confirms by it.
  async accept() {
    for (const part of ['氏名', '生年月日', '有効期限']) await tick(this.page.getByRole('checkbox', { name: part, exact: true }));
    await this.press('この画像で保険を確認しました');
    await this.page.getByRole('heading', { name: '記録しました' }).waitFor();
  }

  // Takes the last act back, as long as that is possible.
  async undo() {
    await this.press('取り消す');
    await this.page.getByRole('heading', { name: '取り消しました' }).waitFor();
  }

  close() {
    return this.shown.close();
  }
}

export class Terminal {
  // `role` is general or medical, as the sign-in page's choices are called.
  static async open(demo, browser, institution, role) {
    const terminal = new Terminal();
    terminal.shown = await context(browser, { device: DESK });
    terminal.shown.setDefaultTimeout(30_000);
    const page = (terminal.page = await terminal.shown.newPage());
    terminal.demo = demo;
    await page.goto(`${demo.terminal}/sign-in`);
    const station = page.locator('select[name="institution"] option').filter({ hasText: institution });
    await page.locator('select[name="institution"]').selectOption(await station.getAttribute('value'));
    await tick(page.getByRole('radio', { name: role }));
    await page.locator('input[name="password"]').fill(TERMINAL_PASSWORD);
    await page.getByRole('button', { name: 'ログインする', exact: true }).click();
    await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
    return terminal;
  }

  // 同意済資格情報取得 by 同意年月日 or 受診年月日.
  async list(by, day) {
    const { page } = this;
    await page.goto(`${this.demo.terminal}/receptions`);
    await tick(page.getByRole('radio', { name: by }));
    await page.locator('input[name="day"]').fill(day);
    await page.getByRole('button', { name: '取得する', exact: true }).click();
    await page.getByText(/件|ありません/).first().waitFor();
  }

  close() {
    return this.shown.close();
  }
}
