// Shows the chosen picture and says at once what the server would refuse after a long upload. Why a file was turned down goes
// along with the form, so that it is not forgotten when the form is sent.
// What a file really is, the server decides by its content: iPhones name HEIC files .jpg.
const PICTURE = /^image\/|\.(jpe?g|png|webp|hei[cf])$/i;
const PDF = /^application\/pdf$|\.pdf$/i;

for (const slot of document.querySelectorAll("[data-upload]")) {
  const fields = [...slot.querySelectorAll("input[type=file]")];
  const reason = slot.querySelector("input[type=hidden]");
  const said = slot.querySelector("[role=status]");
  const frame = slot.querySelector(".slot-picture");
  const example = [...frame.children];
  let shown;

  const forget = () => {
    if (shown) URL.revokeObjectURL(shown);
    shown = undefined;
    frame.replaceChildren(...example);
    slot.classList.remove("wrong", "filled");
    for (const field of fields) field.removeAttribute("aria-invalid");
    reason.value = "";
    said.textContent = "";
  };

  const refuse = (field, word, words) => {
    field.value = "";
    field.setAttribute("aria-invalid", "true");
    slot.classList.add("wrong");
    reason.value = word;
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

  for (const field of fields) {
    field.addEventListener("change", () => {
      const [file] = field.files;
      forget();
      // The newest choice counts, whichever way it was made.
      for (const other of fields) if (other !== field) other.value = "";
      if (!file) return;
      if (PDF.test(file.type) || PDF.test(file.name)) refuse(field, "pdf", slot.dataset.pdf);
      else if (!PICTURE.test(file.type) && !PICTURE.test(file.name)) refuse(field, "unknown_kind", slot.dataset.unknownKind);
      else if (file.size > Number(slot.dataset.largest)) refuse(field, "too_large", slot.dataset.tooLarge);
      else if (file.size === 0) refuse(field, "empty", slot.dataset.empty);
      else show(file);
    });
  }
  slot.classList.add("live");
}
