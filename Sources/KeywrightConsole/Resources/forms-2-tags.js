// The tags of a key: chips and one field in place of five fields.

function startTags(form) {
  const box = $("[data-tags]", form);
  if (!box) return;
  const limit = $$("input", box).length;
  const isWrong = Boolean($("[aria-invalid]", box));
  const values = $$("input", box).map(input => input.value.trim()).filter(Boolean);
  const errors = $$(".err", box);
  const chips = make("ul", { className: "chips", "aria-label": "Tags of this key" });
  const field = make("input", { id: "tag", name: "tag", type: "text", autocomplete: "off", spellcheck: false, "aria-label": "Add a tag", "aria-describedby": "tags-hint tags-count" });
  field.setAttribute("list", "known-tags");
  field.setAttribute("autocapitalize", "none");
  if (isWrong) field.setAttribute("aria-invalid", "true");
  const count = make("p", { className: "hint", id: "tags-count", role: "status" });
  const problem = make("p", { className: "err", id: "tag-error", role: "alert" });
  const line = make("div", { className: "tag-box" }, chips, field);
  box.className = "field";
  box.replaceChildren(line, count, problem, ...errors);

  const tags = () => $$("input", chips).map(input => input.value);
  const changed = () => {
    const isFull = tags().length >= limit;
    field.disabled = isFull;
    count.textContent = `${tags().length} of ${limit}${isFull ? ". Remove a tag to add another" : ""}`;
    chips.hidden = !tags().length;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const say = text => {
    problem.textContent = text;
    field.toggleAttribute("aria-invalid", Boolean(text));
    if (text) field.setAttribute("aria-invalid", "true");
  };
  const remove = chip => {
    const next = chip.nextElementSibling ?? chip.previousElementSibling;
    chip.remove();
    changed();
    (next ? $("button", next) : field).focus();
  };
  const put = text => {
    const button = make("button", { type: "button", "aria-label": `Remove tag ${text}` }, icon("x"));
    const chip = make("li", {}, make("span", { className: "chip" }, make("bdi", {}, text), make("input", { type: "hidden", name: "tag", value: text }), button));
    button.addEventListener("click", () => remove(chip));
    button.addEventListener("keydown", event => {
      if (event.key === "Backspace" || event.key === "Delete") {
        event.preventDefault();
        remove(chip);
      } else if (event.key === "ArrowLeft") $("button", chip.previousElementSibling ?? chip).focus();
      else if (event.key === "ArrowRight") ($("button", chip.nextElementSibling ?? make("i")) ?? field).focus();
    });
    chips.append(chip);
  };
  /** Makes a chip of what is typed, unless that is no tag. */
  const add = () => {
    const text = field.value.trim();
    const at = text.indexOf(":");
    if (!text) return say("");
    const key = text.slice(0, at);
    if (at < 1 || at === text.length - 1) return say("Write tags as key:value");
    if (tags().some(tag => tag.slice(0, tag.indexOf(":")) === key)) return say(`The tag key "${key}" is used twice`);
    say("");
    put(text);
    field.value = "";
    changed();
  };
  field.addEventListener("keydown", event => {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === ",") {
      event.preventDefault();
      add();
    } else if (event.key === "Backspace" && !field.value && chips.lastElementChild) {
      event.preventDefault();
      $("button", chips.lastElementChild).focus();
    }
  });
  field.addEventListener("blur", add);
  line.addEventListener("click", event => { if (event.target === line) field.focus(); });
  values.forEach(put);
  changed();
}
