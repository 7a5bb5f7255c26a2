// The guide's whole way, on a small phone and a smaller one, in both languages: on every screen the one button that leads on is
// in sight on arrival, nothing looks finished before it is, and it takes no more taps, characters and screens than this.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launch } from './chromium.mjs';
import { start } from './demo.mjs';
import { LETTERS, misplaced, setLetters } from './layout.mjs';
import { Patient } from './patient.mjs';

// A tap into a field counts as one; one that has the focus on arrival needs none. The code from the mail is taken over by
// paste or autofill: one tap, nothing typed. The patient comes from the clinic's own site, to the clinic's page.
const MOST = { taps: 24, characters: 45, screens: 15 };

// What a browser leaves of a phone's screen below its address bar.
const SCREENS = { 'a phone': { width: 390, height: 664 }, 'a small phone': { width: 320, height: 568 } };

// The person of the guide: 81 years old, without an account.
const PERSON = { name: '瀬川 トミ', kana: 'セガワトミ', birth: { year: '1945', month: '11', day: '3' }, card: 'segawa-tomi', pin: '2047' };

const PRIMARY = '.button.primary, [data-primary]';

class Walk {
  constructor(patient, language) {
    this.patient = patient;
    this.page = patient.page;
    this.language = language;
    this.taps = 0;
    this.characters = 0;
    this.screens = [];
    this.wrong = [];
  }

  note(line) {
    this.wrong.push(`${this.screens.at(-1)}: ${line}`);
  }

  // A screen that is looked at: its heading, and what is wrong with it before anything is touched.
  async arrive() {
    const { page } = this;
    await page.locator('h1').waitFor();
    this.screens.push((await page.locator('h1').innerText()).trim());
    const primaries = await page.evaluate((selector) => {
      const shown = [...document.querySelectorAll(selector)].filter((button) => button.checkVisibility());
      return shown.map((button) => {
        const { left, right, top, bottom } = button.getBoundingClientRect();
        const points = [[0.5, 0.5], [0.1, 0.2], [0.9, 0.2], [0.1, 0.8], [0.9, 0.8]];
        const covered = points.some(([x, y]) => {
          const found = document.elementFromPoint(left + (right - left) * x, top + (bottom - top) * y);
          return !found || !(button === found || button.contains(found));
        });
        const inside = top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth;
        return { label: button.textContent.trim(), top: Math.round(top), inside, covered };
      });
    }, PRIMARY);
    if (primaries.length !== 1) this.note(`${primaries.length} primary buttons: ${primaries.map(({ label }) => label).join(', ')}`);
    for (const { label, top, inside, covered } of primaries) {
      if (!inside) this.note(`「${label}」 is not in sight on arrival (top at ${top} px)`);
      else if (covered) this.note(`「${label}」 is covered`);
    }
  }

  // Nothing reads as finished, and no tick is shown, while something is still to be done. The names of steps are no statement.
  async isUnfinished() {
    const found = await this.page.evaluate(() => {
      const main = document.querySelector('main').cloneNode(true);
      for (const part of main.querySelectorAll('.steps, .timeline, details:not([open])')) part.remove();
      const words = main.textContent.match(/.{0,8}(完了|\bcomplete[d]?\b|\ball done\b|\byou are done\b).{0,8}/i);
      const tick = main.querySelector('.notice.success, .d-check');
      return [words?.[0], tick && `a tick (${tick.getAttribute('class')})`].filter(Boolean);
    });
    for (const sign of found) this.note(`looks finished: ${sign}`);
  }

  // Does something that leads to another page, and waits for it.
  async leaves(act) {
    await this.page.evaluate(() => (window.stays = true));
    await act();
    await this.page.waitForFunction(() => !window.stays && document.readyState === 'complete' && document.querySelector('h1') !== null);
  }

  async tap(locator) {
    this.taps += 1;
    await locator.click();
  }

  async type(name, text) {
    const field = this.page.locator(`[name="${name}"]`);
    const focused = await field.evaluate((input) => input === document.activeElement);
    if (!focused) await this.tap(field);
    this.characters += [...text].length;
    await field.fill(text);
  }

  async goOn() {
    await this.leaves(() => this.tap(this.page.locator(PRIMARY).filter({ visible: true }).first()));
    // The app and the reception wait for each other now and then.
    await this.page.waitForFunction(() => document.querySelector('[data-poll]') === null);
  }

  async screen(act = () => {}) {
    await this.arrive();
    await this.isUnfinished();
    await act();
    await this.goOn();
  }

  async run(institution) {
    const { page, patient } = this;
    await page.goto(`${patient.demo.consult}/institutions/${institution}`);
    // The clinic's page.
    await this.screen();
    // The free times: the first one.
    await this.arrive();
    await this.isUnfinished();
    const first = page.locator(PRIMARY).or(page.locator('a[href*="start="]')).filter({ visible: true }).first();
    await this.leaves(() => this.tap(first));
    // Address and code.
    await this.screen(() => this.type('mail', patient.mail));
    await this.screen(async () => {
      const letter = await patient.demo.letter(patient.mail);
      this.taps += 1;
      await page.locator('[name=code]').fill(`${letter.subject} ${letter.body}`.match(/\b(\d{6})\b/)[1]);
    });
    // Who is treated.
    await this.screen(async () => {
      await this.type('name', PERSON.name);
      await this.type('kana', PERSON.kana);
      for (const [part, value] of Object.entries(PERSON.birth)) {
        if (await page.locator(`[name="birth_${part}"]`).count()) await this.type(`birth_${part}`, value);
      }
    });
    // Booking, and the way to the reception.
    await this.screen();
    await this.screen();
    // All items, and on.
    await this.screen(async () => {
      const all = page.locator('[data-agree-all]');
      if (await all.count()) await this.tap(all.first());
    });
    await this.screen();
    // Into the app.
    await this.screen();
    await this.screen();
    await this.screen(async () => {
      const card = page.locator(`input[name="card"][value="${PERSON.card}"]`);
      if ((await card.count()) && !(await card.isChecked())) {
        const label = await card.evaluateHandle((input) => input.labels[0]);
        await this.tap(label.asElement());
      }
    });
    await this.screen(async () => {
      this.characters += PERSON.pin.length;
      for (const digit of PERSON.pin) await page.locator(`[data-key="${digit}"]`).click();
    });
    // Registered, which is not the end yet.
    await this.screen();
    await page.waitForURL(`${patient.demo.consult}/**`);
    this.screens.push((await page.locator('h1').innerText()).trim());
  }
}

describe('the whole way on a phone', { concurrency: 2 }, () => {
  let browser, demo, institutions;
  before(async () => {
    [browser, demo] = await Promise.all([launch(), start()]);
    institutions = await demo.control('institutions');
  });
  after(async () => {
    await browser.close();
    await demo.stop();
  });

  let walks = 0;
  async function walk({ viewport, language, letters = LETTERS.normal }) {
    walks += 1;
    // As long as an address of hers would be.
    const patient = await Patient.open(demo, browser, `segawa.tom${walks}@example.jp`, {
      language: language === 'ja' ? 'ja-JP' : 'en',
      device: { viewport, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
    });
    const walked = new Walk(patient, language);
    if (letters !== LETTERS.normal) {
      await setLetters(await patient.shown.newCDPSession(patient.page), letters);
      walked.arrive = async function () {
        await this.page.locator('h1').waitFor();
        this.screens.push((await this.page.locator('h1').innerText()).trim());
        for (const line of await misplaced(this.page)) this.note(line);
      };
      walked.isUnfinished = async () => {};
    }
    try {
      await walked.run(institutions[0]);
    } catch (error) {
      error.message += `\nat ${patient.page.url()} after ${walked.screens.join(' → ')}\n${walked.wrong.join('\n')}`;
      throw error;
    } finally {
      await patient.close();
    }
    return walked;
  }

  for (const language of ['ja', 'en']) {
    for (const [screen, viewport] of Object.entries(SCREENS)) {
      it(`${screen}, ${language}: the button that leads on is in sight, and it does not take long`, { timeout: 180_000 }, async (t) => {
        const walked = await walk({ viewport, language });
        const count = { taps: walked.taps, characters: walked.characters, screens: walked.screens.length };
        t.diagnostic(`${screen}, ${language}: ${JSON.stringify(count)}: ${walked.screens.join(' → ')}`);
        for (const [what, most] of Object.entries(MOST)) {
          if (count[what] > most) walked.wrong.push(`${count[what]} ${what}, more than ${most}`);
        }
        assert.deepEqual(walked.wrong, []);
      });
    }
    it(`a small phone with large letters, ${language}: nothing leaves the screen`, { timeout: 180_000 }, async () => {
      const walked = await walk({ viewport: SCREENS['a small phone'], language, letters: LETTERS.double });
      assert.deepEqual(walked.wrong, []);
    });
  }
});
