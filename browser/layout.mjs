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

// Where the focus is on arrival and should be: on the list of errors where there is one, in the field of a code else.
export function unfocused(page) {
  return page.evaluate(() => {
    const wanted = document.querySelector('main .summary') ?? document.querySelector('main [autocomplete=one-time-code]');
    const focused = document.activeElement;
    return !wanted || wanted === focused ? [] : [`the focus is on ${focused.outerHTML.slice(0, 60)}`];
  });
}

// Japanese that may break within a phrase, and other languages that may break within a word.
export function brokenPhrases(page) {
  return page.evaluate(() => {
    const found = new Set();
    for (const element of document.querySelectorAll('main :is(h1, h2, h3, p, li, label, legend, summary, .button), .foot p')) {
      const expected = element.closest('[lang]').lang === 'ja' ? 'auto-phrase' : 'normal';
      const { wordBreak } = getComputedStyle(element);
      if (wordBreak !== expected) found.add(`<${element.localName}> breaks ${wordBreak}`);
    }
    return [...found];
  });
}

// Colours as computed styles have them, as functions of the page: for a context's init script.
export function defineColours() {
  // Red, green, blue (0–255) and opacity (0–1).
  window.channels = (colour) => {
    const [red, green, blue, opacity = 1] = colour.match(/[\d.]+/g).map(Number);
    return [red, green, blue, opacity];
  };
  // Relative luminance (WCAG 2.2).
  window.luminance = (colour) => {
    const [red, green, blue] = window.channels(colour).map((channel) => {
      const share = channel / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  window.contrast = (one, other) => {
    const [dark, light] = [window.luminance(one), window.luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  // What is painted behind an element: the first ground around it that lets nothing through.
  window.groundOf = (element) => {
    for (let around = element; around; around = around.parentElement) {
      const { backgroundColor } = getComputedStyle(around);
      if (window.channels(backgroundColor)[3] === 1) return backgroundColor;
    }
    return 'rgb(255, 255, 255)';
  };
}

// Grounds that are not dark and letters that are not light where the scheme is dark, or the other way round, as lines.
// Needs the functions of `defineColours`.
export function offScheme(page, scheme) {
  return page.evaluate((scheme) => {
    const found = [];
    for (const selector of ['body', 'main h1', 'main p', 'main label', 'main .panel', 'main .table', 'main .notice', '.foot p']) {
      const element = document.querySelector(selector);
      if (!element) continue;
      const [ink, ground] = [getComputedStyle(element).color, window.groundOf(element)];
      const [lightInk, lightGround] = [window.luminance(ink) > 0.28, window.luminance(ground) > 0.3];
      if (lightInk !== (scheme === 'dark') || lightGround !== (scheme === 'light')) found.push(`${selector}: ${ink} on ${ground}`);
    }
    return found;
  }, scheme);
}

// What the contrast of letters depends on, a line for each combination on the page: their colour, what lies behind them up to
// the first ground that lets nothing through, whether they count as large (WCAG 2.2, 1.4.3), and how opaque they are.
// Needs the functions of `defineColours`.
export function inks(page) {
  return page.evaluate(() => {
    const found = new Set();
    const note = (element) => {
      if (!element.checkVisibility()) return;
      const { color, fontSize, fontWeight } = getComputedStyle(element);
      const large = parseFloat(fontSize) >= (fontWeight >= 700 ? 18.66 : 24);
      const grounds = [];
      let opacity = 1;
      for (let around = element; around; around = around.parentElement) {
        const style = getComputedStyle(around);
        opacity *= style.opacity;
        const transparency = 1 - window.channels(style.backgroundColor)[3];
        const behind = grounds.at(-1)?.opaque;
        if (!behind && (transparency < 1 || style.backgroundImage !== 'none')) {
          grounds.push({ ground: `${style.backgroundColor} ${style.backgroundImage}`, opaque: transparency === 0 });
        }
      }
      found.add([color, ...grounds.map(({ ground }) => ground), large ? 'large' : 'small', opacity].join(' on '));
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) if (texts.currentNode.data.trim()) note(texts.currentNode.parentElement);
    for (const field of document.querySelectorAll('input, select, textarea')) note(field);
    return [...found];
  });
}

// Header, menu, content and footer that do not begin at one left edge, as a line.
export function leftEdges(page) {
  return page.evaluate(() => {
    // Where words begin, or the picture before them.
    const begin = (element) => {
      const range = document.createRange();
      range.selectNodeContents(element);
      return Math.min(...[...range.getClientRects()].filter(({ width }) => width > 0).map(({ left }) => left));
    };
    // The bar at the bottom reaches from edge to edge.
    const content = [...document.querySelectorAll('main > :not(.bottom)')].filter((part) => part.getBoundingClientRect().width > 1);
    const edges = {
      header: begin(document.querySelector('.brand')),
      content: Math.min(...content.map((part) => part.getBoundingClientRect().left)),
    };
    const menu = document.querySelector('.menu li');
    if (menu) edges.menu = menu.getBoundingClientRect().left;
    // The app's footer stands in the middle.
    const foot = document.querySelector('.foot p');
    if (getComputedStyle(foot).textAlign !== 'center') edges.footer = foot.getBoundingClientRect().left;
    const all = Object.values(edges);
    const lines = Object.entries(edges).map(([part, left]) => `${part} at ${Math.round(left)}`);
    return Math.max(...all) - Math.min(...all) > 1 ? [`left edges: ${lines.join(', ')}`] : [];
  });
}
