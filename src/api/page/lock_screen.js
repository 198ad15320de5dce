// The locked screen: the wall goes on behind a strip that asks for the password. And who notices that nobody is here.
import { sign_of_life } from "./api_client.js";
import { el, icon } from "./dom.js";
import { form, password_field } from "./form.js";
import { language, t } from "./texts.js";

const kLockAfterMs = 15 * 60 * 1000; // the service does the same by itself
const kSignEveryMs = 60 * 1000;
const kInputs = ["pointerdown", "pointermove", "keydown", "wheel"];

export class LockScreen {
  #session;
  #dialog = document.getElementById("lock");
  #drawn = "";

  constructor(session) {
    this.#session = session;
    this.#dialog.addEventListener("cancel", (event) => event.preventDefault());
    // A browser may close a dialog at the second Escape all the same.
    this.#dialog.addEventListener("close", () => this.draw());
  }

  draw() {
    const { locked, state, me } = this.#session;
    if (!locked || state !== "in") {
      if (this.#dialog.open) this.#dialog.close();
      this.#drawn = "";
      this.#dialog.replaceChildren();
      return;
    }
    const wanted = `${me.id} ${language()}`;
    if (this.#drawn !== wanted) this.#build(me.name);
    this.#drawn = wanted;
    if (this.#dialog.open) return;
    this.#dialog.showModal();
    this.#dialog.querySelector("input").focus();
  }

  #build(name) {
    const password = password_field("password", t("password"), "current-password");
    const one = form([password], t("unlock"), (values) => this.#session.unlock(values.password), () => {
      password.input.value = "";
      return false;
    });
    const other = el("button", { class: "button", type: "button", text: t("somebody_else"), on: { click: () => this.#session.log_out() } });
    one.button.after(other);
    const words = el("div", { class: "lock-words" }, el("h2", { id: "lock-title" }, icon("lock"), t("locked_title", { name })), el("p", { class: "quiet", text: t("locked_text") }));
    this.#dialog.replaceChildren(words, one.element);
  }
}

/** Locks after 15 minutes without a key or a pointer; while there is input the service is told once a minute. */
export function watch_for_nobody(session) {
  let input_at = Date.now();
  let told_at = Date.now();
  for (const kind of kInputs) window.addEventListener(kind, () => (input_at = Date.now()), { passive: true, capture: true });
  setInterval(() => {
    if (session.state !== "in" || session.locked) return;
    const now = Date.now();
    if (now - input_at >= kLockAfterMs) {
      session.lock();
    } else if (input_at > told_at && now - told_at >= kSignEveryMs) {
      told_at = now;
      sign_of_life();
    }
  }, 5000);
}
