// Forms as all screens use them: labelled fields, one sentence about what went wrong, a button that waits.
import { el, set_text } from "./dom.js";
import { language, t } from "./texts.js";

/** A labelled input; `hint` stands below it and is read with it. `box`: all of it, `input`: where one types. */
export function field(name, label, attributes = {}, hint = "") {
  const id = `field-${name}`;
  const input = el("input", {
    id,
    name,
    class: "input",
    type: "text",
    required: true,
    autocapitalize: "none",
    spellcheck: "false",
    "aria-describedby": hint ? `${id}-hint` : null,
    ...attributes,
  });
  const below = hint ? el("span", { class: "hint", id: `${id}-hint`, text: hint }) : null;
  return { box: el("div", { class: "field" }, el("label", { for: id, text: label }), input, below), input };
}

export const password_field = (name, label, autocomplete, hint = "") =>
  field(name, label, { type: "password", autocomplete, maxlength: "128" }, hint);

export const code_field = (label, hint = "") =>
  field("code", label, { inputmode: "numeric", autocomplete: "one-time-code", maxlength: "6", pattern: "[0-9]{6}", class: "input code" }, hint);

/** What an answer that is not ok says to a person. */
export function words_of(answer) {
  const sentences = answer.problems?.map((problem) => problem.sentence?.[language()]).filter(Boolean) ?? [];
  if (sentences.length > 0) return sentences.join(" ");
  return answer.sentence?.[language()] ?? t(answer.status === 0 ? "no_answer" : "went_wrong");
}

/**
 * A form of fields and one button. `submit(values)` gives an answer; where that is not ok its sentence is shown and
 * read out, and `refused(answer)` may do more (true: it has said everything itself).
 */
export function form(fields, button_text, submit, refused = () => false) {
  const trouble = el("p", { class: "trouble", role: "alert", hidden: true });
  const button = el("button", { class: "button primary", type: "submit", text: button_text });
  const say = (text) => {
    set_text(trouble, text);
    trouble.hidden = text === "";
  };
  const mark = (names) => {
    for (const { input } of fields) {
      if (names.has(input.name)) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
  };
  const work = async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    say("");
    button.disabled = true;
    const values = Object.fromEntries(fields.map(({ input }) => [input.name, input.type === "password" ? input.value : input.value.trim()]));
    const answer = await submit(values);
    button.disabled = false;
    if (answer.ok || refused(answer)) return;
    mark(new Set(answer.problems?.map((problem) => problem.field) ?? []));
    say(words_of(answer));
    (element.querySelector('[aria-invalid="true"]') ?? fields[0].input).focus();
  };
  const element = el("form", { class: "form", on: { submit: work } }, ...fields.map(({ box }) => box), trouble, button);
  return { element, say, button, add: (more) => (fields.push(more), trouble.before(more.box)) };
}
