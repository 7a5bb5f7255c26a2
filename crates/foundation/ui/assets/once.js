// A form that is on its way is not sent again. The submit button is not disabled: a disabled button would lose its name and value.
const sent = new WeakSet();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  sent.add(form);
  form.setAttribute("aria-busy", "true");
  // Whoever stopped the page from loading may try again.
  setTimeout(release, 15_000, form);
});

function release(form) {
  sent.delete(form);
  form.removeAttribute("aria-busy");
}

// Back to this page from the browser's memory: the form may be sent again.
addEventListener("pageshow", () => [...document.forms].forEach(release));
