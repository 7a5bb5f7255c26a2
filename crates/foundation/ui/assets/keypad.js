// A large keypad for a PIN. The digits live in the field alone and are neither kept nor shown.
for (const pin of document.querySelectorAll("[data-keypad]")) {
  const field = pin.querySelector("input");
  const dots = pin.querySelector(".pin-dots");
  const keys = pin.querySelector(".keys");
  const status = pin.querySelector("[role=status]");

  const show = () => {
    [...dots.children].forEach((dot, place) => dot.classList.toggle("full", place < field.value.length));
    status.textContent = field.value ? pin.dataset.said.replace("{}", field.value.length) : "";
  };

  const press = (key) => {
    if (key === "clear") field.value = "";
    else if (key === "back") field.value = field.value.slice(0, -1);
    else if (field.value.length < field.maxLength) field.value += key;
    show();
  };

  // Our keys instead of the phone's; a real keyboard still types into the field.
  field.inputMode = "none";
  pin.classList.add("live");
  dots.hidden = keys.hidden = false;
  keys.addEventListener("click", (event) => {
    const key = event.target.closest("[data-key]");
    if (key) press(key.dataset.key);
  });
  field.addEventListener("input", () => {
    field.value = field.value.replace(/\D/g, "");
    show();
  });
  // Nothing is left in the field for whoever comes back to this page.
  const forget = () => {
    field.value = "";
    show();
  };
  addEventListener("pagehide", forget);
  addEventListener("pageshow", forget);
}
