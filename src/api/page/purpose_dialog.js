// Asks once what recordings are needed for. The answer is kept in memory until it ends or the person leaves.
import { el } from "./dom.js";
import { field, form } from "./form.js";
import { t } from "./texts.js";

const kExamples = ["purpose_theft", "purpose_traffic", "purpose_lost", "purpose_check"];
const kLeast = 5;

let open_question = null;

/** The purpose's id, or "" when the person thought better of it. */
export function purpose_for(session) {
  const stated = session.purpose();
  if (stated) return Promise.resolve(stated);
  open_question ??= ask(session).finally(() => (open_question = null));
  return open_question;
}

function ask(session) {
  const dialog = document.getElementById("purpose");
  const words = field("words", t("purpose_label"), { autocapitalize: "sentences", maxlength: "200", minlength: String(kLeast), autocomplete: "off" }, t("purpose_hint"));
  const take = (text) => {
    words.input.value = text;
    words.input.focus();
  };
  const examples = kExamples.map((key) => el("button", { class: "button", type: "button", text: t(key), on: { click: () => take(t(key)) } }));
  const submit = async ({ words: typed }) => {
    const answer = await session.state_purpose(typed);
    if (answer.ok) dialog.close();
    return answer;
  };
  const one = form([words], t("purpose_button"), submit);
  one.button.after(el("button", { class: "button", type: "button", text: t("cancel"), on: { click: () => dialog.close() } }));
  words.box.append(el("div", { class: "examples", role: "group", "aria-label": t("purpose_examples") }, ...examples));
  dialog.replaceChildren(el("h2", { id: "purpose-title", text: t("purpose_title") }), el("p", { class: "quiet", text: t("purpose_text") }), one.element);
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(session.purpose()), { once: true });
    dialog.showModal();
    words.input.focus();
  });
}
