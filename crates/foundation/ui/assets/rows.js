// Arrow keys, or j and k, move through the rows of a list by the first link or button of each, once one of them is focused.
const STEPS = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };
const ROWS = "[data-rows] tbody tr, [data-row]";
const seen = (row) => row.checkVisibility?.({ contentVisibilityAuto: true }) ?? true;

document.addEventListener("keydown", (event) => {
  const step = STEPS[event.key];
  const row = event.target.closest?.(ROWS);
  if (!step || !row || event.target.matches("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  const rows = [...document.querySelectorAll(ROWS)].filter(seen);
  const next = rows[rows.indexOf(row) + step]?.querySelector("a, button, summary");
  if (next) {
    event.preventDefault();
    next.focus();
  }
});
