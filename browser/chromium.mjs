// One Chromium for everything; each journey gets a browser context of its own, which shares nothing with the others.
import { chromium } from 'playwright-core';

export const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };
// What a browser leaves of a phone's screen below its address bar.
export const BROWSER_ON_PHONE = { ...PHONE, viewport: { width: 390, height: 664 } };
export const DESK = { viewport: { width: 1280, height: 800 } };

export const ANDROID =
  'Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36';
export const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1';

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/lib/chromium/chromium-headless-shell',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export function context(browser, { device = PHONE, agent, language = 'ja-JP', scripts = true } = {}) {
  return browser.newContext({
    ...device,
    locale: language,
    timezoneId: 'Asia/Tokyo',
    javaScriptEnabled: scripts,
    ...(agent ? { userAgent: agent } : {}),
  });
}

// What a walk that broke off fails with: the error, and what the page shows.
export async function brokenOff(error, page) {
  const shown = await page.locator('main').innerText().catch(() => '');
  return new Error(`${error.message}\nat ${page.url()}\n${shown.slice(0, 1500)}`, { cause: error });
}
