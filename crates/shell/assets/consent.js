// 「すべての項目に同意する」 sets every pair and goes to the button that confirms; nothing is sent.
for (const button of document.querySelectorAll("[data-agree-all]")) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    for (const radio of button.form.querySelectorAll("input[type=radio][value=agree]")) {
      radio.checked = true;
    }
    button.parentElement.querySelector("[role=status]").textContent = button.dataset.said;
    button.form.querySelector("[data-confirm]")?.focus();
  });
}
