// Renews a part of the page by itself: what is focused, folded open or in sight stays where it is, and what is new or has
// changed is said. Only ever within this origin.
const LONGEST = 120_000;
const region = document.querySelector("[data-renew]");
const status = document.querySelector("[data-renew] + [role=status]");
const every = Math.max(5_000, Number(region.dataset.every) || 15_000);
let misses = 0;
let timer;

const states = () => new Map([...region.querySelectorAll("[data-visit]")].map(({ dataset }) => [dataset.visit, dataset.state]));

// Whoever marks a text to copy it, or fills a field, is not disturbed.
const busy = () => {
  const chosen = document.getSelection();
  const marked = chosen && !chosen.isCollapsed && region.contains(chosen.anchorNode);
  return marked || (region.contains(document.activeElement) && document.activeElement.matches("input, select, textarea"));
};

// The same link or button in the renewed part, told by what it leads to and says.
const nameOf = (element) => [element.tagName, element.getAttribute("href"), element.textContent].join("\n");

const rowOf = (mark) => mark.closest("tr, li");

function replace(fresh) {
  const before = states();
  const focused = region.contains(document.activeElement) ? nameOf(document.activeElement) : null;
  const seen = [...region.querySelectorAll("[data-visit]")].find((mark) => rowOf(mark).getBoundingClientRect().bottom > 0);
  const top = seen && rowOf(seen).getBoundingClientRect().top;
  for (const folded of fresh.querySelectorAll("details[id]")) {
    const old = document.getElementById(folded.id);
    if (old) folded.open = old.open;
  }
  region.replaceChildren(...fresh.childNodes);
  if (focused) [...region.querySelectorAll("a, button, summary")].find((other) => nameOf(other) === focused)?.focus({ preventScroll: true });
  const same = seen && region.querySelector(`[data-visit="${CSS.escape(seen.dataset.visit)}"]`);
  if (same && scrollY > 0) scrollBy(0, rowOf(same).getBoundingClientRect().top - top);
  const after = [...states()];
  const fill = (words, number) => (number ? [words.replace("{n}", number)] : []);
  const said = [
    ...fill(region.dataset.new, after.filter(([visit]) => !before.has(visit)).length),
    ...fill(region.dataset.changed, after.filter(([visit, state]) => before.has(visit) && before.get(visit) !== state).length),
  ].join(" ");
  if (said || misses > 0) status.textContent = said;
}

async function ask() {
  try {
    const answer = await fetch(region.dataset.renew, { cache: "no-store", redirect: "error" });
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!busy()) replace(page.querySelector("[data-renew]"));
    misses = 0;
  } catch {
    misses += 1;
    if (misses > 1) status.textContent = region.dataset.trouble;
  }
  later();
}

function later() {
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(ask, Math.min(every * 2 ** misses, LONGEST));
}

// Whoever comes back to this tab wants to know at once.
document.addEventListener("visibilitychange", () => {
  clearTimeout(timer);
  if (!document.hidden) ask();
});
later();
