// What of a page's layout a person would see and axe does not: what leaves the screen, what is cut, what hides the focus.

// Letters of twice the size. Chromium is told the same as by its own setting (Settings › Appearance › Font size): the
// font size that pages start from, 32 instead of 16 px. `rem` in sheets and in media queries follows it, as it does for the
// person who has set it; the width of the screen stays. Zoom would be another thing: it makes the screen narrower.
export const LETTERS = { normal: 16, double: 32 };

export async function setLetters(wire, size) {
  await wire.send('Page.setFontSizes', { fontSizes: { standard: size, fixed: Math.round(size * 0.8125) } });
}

// What leaves the screen sideways or is cut off, as lines.
export function misplaced(page) {
  return page.evaluate(() => {
    const found = [];
    const width = document.documentElement.clientWidth;
    const wide = document.documentElement.scrollWidth - width;
    if (wide > 0) found.push(`the page is ${wide} px wider than the screen`);
    const named = (element) => {
      const text = element.textContent.trim().replaceAll(/\s+/g, ' ').slice(0, 24);
      return `<${element.localName}${element.className && typeof element.className === 'string' ? `.${element.className.replaceAll(' ', '.')}` : ''}> ${text}`;
    };
    for (const element of document.body.querySelectorAll('*')) {
      if (element.closest('svg, .unseen, .skip')) continue;
      const box = element.getBoundingClientRect();
      if (box.width <= 1 || box.height <= 1) continue;
      if (box.right > width + 1 || box.left < -1) {
        // Its inner parts leave with it.
        const around = element.parentElement.getBoundingClientRect();
        if (around.right <= width + 1 && around.left >= -1) found.push(`${named(element)} leaves the screen`);
      } else if (element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0) {
        const { overflowX, display } = getComputedStyle(element);
        const field = element.matches('input, select, textarea');
        if (overflowX !== 'visible' && overflowX !== 'auto' && overflowX !== 'scroll' && display !== 'inline' && !field) {
          found.push(`${named(element)} is cut`);
        }
      }
    }
    return found.slice(0, 8);
  });
}

// What is beneath the bar at the bottom of the screen when it has the focus (WCAG 2.2, 2.4.11), as lines.
export function hidden(page) {
  return page.evaluate(() => {
    const bar = document.querySelector('.bottom');
    if (!bar) return [];
    const found = [];
    const before = [document.activeElement, scrollX, scrollY];
    for (const element of document.querySelectorAll('main :is(a[href], button, input, select, textarea, summary)')) {
      if (element.disabled || element.type === 'hidden' || bar.contains(element)) continue;
      if (!element.checkVisibility()) continue;
      element.focus();
      if (document.activeElement !== element) continue;
      const box = element.getBoundingClientRect();
      const over = bar.getBoundingClientRect();
      const beneath = box.bottom > over.top + 1 && box.top < over.bottom - 1;
      if (beneath && getComputedStyle(bar).position === 'sticky') found.push(`${element.outerHTML.slice(0, 80)} lies under the bar`);
    }
    before[0]?.focus?.({ preventScroll: true });
    scrollTo(before[1], before[2]);
    return found;
  });
}
