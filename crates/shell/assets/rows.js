// Arrow keys move through the rows of a table by the first link or button of each.
document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const row = event.target.closest?.("[data-rows] tbody tr");
  if (!step || !row || event.target.matches("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  const rows = [...row.parentElement.children];
  const next = rows[rows.indexOf(row) + step]?.querySelector("a, button, summary");
  if (next) {
    event.preventDefault();
    next.focus();
  }
});
