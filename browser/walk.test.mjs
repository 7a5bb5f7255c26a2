// The guide's whole way, on a small phone and a smaller one, in both languages: on every screen the one button that leads on is
// in sight on arrival, nothing looks finished before it is, and it takes no more taps, characters and screens than this.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launch } from './chromium.mjs';
import { start } from './demo.mjs';
import { LETTERS, misplaced, setLetters } from './layout.mjs';
import { Patient } from './patient.mjs';

// A tap into a field counts as one; one that has the focus on arrival needs none. The code from the mail is taken over by
// paste or autofill, the telephone number by autofill: one tap each, nothing typed. The patient comes from the clinic's own site, to the clinic's page.
const LEADING_ON = ['a[href*="start="]', 'a[href*="/menus/"]'];
const MOST = { taps: 24, characters: 45, screens: 15 };

// What a browser leaves of a phone's screen below its address bar.
const SCREENS = { 'a phone': { width: 390, height: 664 }, 'a small phone': { width: 320, height: 568 } };

// The person of the guide: 81 years old, without an account.
const PERSON = { name: '瀬川 トミ', kana: 'セガワトミ', birth: '19451103', card: 'segawa-tomi', pin: '2047', telephone: '09012345678' };

const PRIMARY = '.button.primary, [data-primary]';

class Walk {
  constructor(patient) {
    this.patient = patient;
    this.page = patient.page;
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
    // Where times are chosen each of them leads on, and none is the one.
    const chooses = (await page.locator(LEADING_ON.join(",")).count()) > 0;
    if (primaries.length > 1 || (primaries.length === 0 && !chooses)) this.note(`${primaries.length} primary buttons: ${primaries.map(({ label }) => label).join(', ')}`);
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

  // What the browser knows of its owner fills a field that says what it is for.
  async takeOver(name, purpose, text) {
    const field = this.page.locator(`[name="${name}"]`);
    assert.equal(await field.getAttribute('autocomplete'), purpose);
    await this.tap(field);
    await field.fill(text);
  }

  // What a screen asks for, by the names of its fields. Whether it led to the next screen by itself.
  async fillIn() {
    const { page, patient } = this;
    const asks = async (selector) => (await page.locator(selector).count()) > 0;
    if (await asks('[name=mail]')) await this.type('mail', patient.mail);
    if (await asks('[name=code]')) {
      const letter = await patient.demo.letter(patient.mail);
      this.taps += 1;
      await page.locator('[name=code]').fill(`${letter.subject} ${letter.body}`.match(/\b(\d{6})\b/)[1]);
    }
    if (await asks('[name=kana]')) {
      await this.type('name', PERSON.name);
      await this.type('kana', PERSON.kana);
      await this.type('birth', PERSON.birth);
      await this.takeOver('phone', 'tel', PERSON.telephone);
    }
    if (await asks('input[name=card]')) {
      const card = page.locator(`input[name="card"][value="${PERSON.card}"]`);
      if (!(await card.isChecked())) await this.tap((await card.evaluateHandle((input) => input.labels[0])).asElement());
    }
    if (await asks('[data-key]')) {
      this.characters += PERSON.pin.length;
      for (const digit of PERSON.pin) await page.locator(`[data-key="${digit}"]`).click();
    }
    const all = page.getByRole('button', { name: /^(すべての項目に同意する|Agree to all)/ });
    if (await all.count()) {
      await this.leaves(() => this.tap(all.first()));
      return true;
    }
    return false;
  }

  // Presses the primary button. Where there is none, a time or a way to the times is what leads on.
  async goOn() {
    for (const selector of [PRIMARY, ...LEADING_ON]) {
      const found = this.page.locator(selector).filter({ visible: true });
      if (await found.count()) {
        await this.leaves(() => this.tap(found.first()));
        // The reception and the app wait for each other now and then.
        await this.page.waitForFunction(
          (primary) => !document.querySelector('[data-poll]') || document.querySelector(primary),
          PRIMARY,
        );
        return;
      }
    }
    throw new Error('nothing leads on');
  }

  async run(institution) {
    const { page, patient } = this;
    await page.goto(`${patient.demo.consult}/institutions/${institution}`);
    while (!page.url().includes('/returned/')) {
      if (this.screens.length > 2 * MOST.screens) throw new Error('the way has no end');
      await this.arrive();
      await this.isUnfinished();
      if (!(await this.fillIn())) await this.goOn();
    }
    this.screens.push((await page.locator('h1').innerText()).trim());
  }
}

// One after the other: each takes the first free time.
describe('the whole way on a phone', () => {
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
    const walked = new Walk(patient);
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
      await walked.run(institutions[0].code);
    } catch (error) {
      const told = [`at ${patient.page.url()}`, walked.screens.join(' → '), ...walked.wrong, error.message];
      throw new Error(told.join('\n'), { cause: error });
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
