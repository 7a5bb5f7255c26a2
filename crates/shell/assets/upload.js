// Shows the chosen picture and says at once what the server would refuse after a long upload.
// What a file really is, the server decides by its content: iPhones name HEIC files .jpg.
const PICTURE = /^image\/|\.(jpe?g|png|webp|hei[cf])$/i;

for (const slot of document.querySelectorAll("[data-upload]")) {
  const field = slot.querySelector("input[type=file]");
  const said = slot.querySelector("[role=status]");
  const frame = slot.querySelector(".slot-picture");
  const example = [...frame.children];
  let shown;

  const forget = () => {
    if (shown) URL.revokeObjectURL(shown);
    shown = undefined;
    frame.replaceChildren(...example);
    slot.classList.remove("wrong", "filled");
    field.removeAttribute("aria-invalid");
    said.textContent = "";
  };

  const refuse = (words) => {
    field.value = "";
    field.setAttribute("aria-invalid", "true");
    slot.classList.add("wrong");
    said.textContent = words;
  };

  const show = (file) => {
    const picture = new Image();
    shown = URL.createObjectURL(file);
    picture.alt = slot.dataset.preview;
    picture.onload = () => frame.replaceChildren(picture);
    picture.onerror = () => (said.textContent += ` ${slot.dataset.noPreview}`);
    picture.src = shown;
    slot.classList.add("filled");
    said.textContent = slot.dataset.chosen + file.name;
  };

  field.addEventListener("change", () => {
    forget();
    const [file] = field.files;
    if (!file) return;
    if (!PICTURE.test(file.type) && !PICTURE.test(file.name)) refuse(slot.dataset.wrongKind);
    else if (file.size > Number(slot.dataset.largest)) refuse(slot.dataset.tooLarge);
    else show(file);
  });
}
