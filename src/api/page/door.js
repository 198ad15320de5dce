// What stands before the screens: login, the first start, and what an account must put right before it goes on.
import * as api from "./api_client.js";
import { el, icon } from "./dom.js";
import { code_field, field, form, password_field } from "./form.js";
import { t } from "./texts.js";

export class Door {
  #session;

  constructor(session, place) {
    this.#session = session;
    this.state = session.state;
    this.element = el("div", { class: "door" });
    place.replaceChildren(this.element);
    const draw = {
      setup: () => this.#draw_setup(),
      login: () => this.#draw_login(),
      password: () => this.#draw_password(),
      second_factor: () => this.#draw_second_factor(),
    }[session.state];
    if (draw) draw();
  }

  close() {}
  page_hidden() {}

  #show(title, text, ...parts) {
    const head = el("div", { class: "door-head" }, el("img", { src: "/assets/icon.svg", alt: "" }), el("h1", { text: title }));
    this.element.replaceChildren(head, text ? el("p", { class: "quiet", text }) : "", ...parts);
    document.title = `${title} · ${t("brand")}`;
    this.element.querySelector("input")?.focus();
  }

  #draw_login() {
    const login = field("login", t("login"), { autocomplete: "username", maxlength: "40" });
    const password = password_field("password", t("password"), "current-password");
    let code = null;
    const one = form([login, password], t("log_in"), (values) => this.#session.log_in(values), (answer) => {
      if (answer.code !== "second_factor_code_needed") return false;
      if (!code) one.add((code = code_field(t("second_factor_code"), t("second_factor_code_hint"))));
      code.input.focus();
      return true;
    });
    this.#show(t("log_in"), t(this.#session.ended ? "session_ended" : "log_in_text"), one.element);
  }

  #draw_setup() {
    const fields = [
      field("code", t("setup_code"), { autocomplete: "off", maxlength: "40", class: "input code" }, t("setup_code_hint")),
      field("name", t("full_name"), { autocomplete: "name", autocapitalize: "words", maxlength: "120" }),
      field("login", t("login"), { autocomplete: "username", maxlength: "40" }, t("login_hint")),
      password_field("password", t("password"), "new-password", t("password_hint")),
    ];
    const refused = (answer) => {
      // Somebody else was first, or there was a restart: the page must not stand at a form that leads nowhere.
      if (answer.code === "wrong_setup_code") api.setup_state().then((state) => state.ok && !state.data.needed && this.#session.refresh());
      return false;
    };
    this.#show(t("setup"), t("setup_text"), form(fields, t("setup_button"), (values) => this.#session.set_up(values), refused).element);
  }

  #draw_password() {
    const known = this.#session.take_password();
    const old = password_field("old", t("old_password"), "current-password");
    const fresh = password_field("password", t("new_password"), "new-password", t("password_hint"));
    const again = password_field("again", t("new_password_again"), "new-password");
    const submit = async (values) => {
      if (values.password !== values.again) return { ok: false, problems: [], sentence: null, code: "again", status: 422 };
      return this.#session.change_password(known || values.old, values.password);
    };
    const one = form(known ? [fresh, again] : [old, fresh, again], t("change_password"), submit, (answer) => {
      if (answer.code !== "again") return false;
      one.say(t("not_the_same"));
      again.input.focus();
      return true;
    });
    this.#show(t("change_password"), t("change_password_text"), one.element, this.#way_out());
  }

  async #draw_second_factor() {
    const known = this.#session.take_password();
    const answer = known ? await api.new_second_factor(known) : null;
    if (answer?.ok) {
      this.#draw_secret(answer.data);
      return;
    }
    const password = password_field("password", t("password"), "current-password");
    const submit = async (values) => {
      const made = await api.new_second_factor(values.password);
      if (made.ok) this.#draw_secret(made.data);
      return made;
    };
    this.#show(t("second_factor"), t("second_factor_text"), form([password], t("go_on"), submit).element, this.#way_out());
  }

  /** The secret as text in groups of four, and as a link that an authenticator on the same telephone opens. */
  #draw_secret({ uri, sealed }) {
    const secret = new URL(uri).searchParams.get("secret") ?? "";
    const groups = (secret.match(/.{1,4}/g) ?? []).map((group) => el("span", { text: group }));
    const code = code_field(t("second_factor_code"), t("second_factor_code_hint"));
    const one = form([code], t("confirm"), (values) => this.#session.confirm_second_factor(sealed, values.code), (answer) => {
      if (answer.code !== "wrong_login") return false;
      one.say(t("code_wrong"));
      code.input.select();
      return true;
    });
    const steps = el(
      "ol",
      { class: "steps" },
      el("li", { text: t("second_factor_step_app") }),
      el(
        "li",
        {},
        t("second_factor_step_key"),
        el("div", { class: "secret", "aria-label": t("second_factor_key") }, ...groups),
        el("a", { href: uri, text: t("second_factor_link") }),
      ),
      el("li", { text: t("second_factor_step_code") }),
    );
    this.#show(t("second_factor"), t("second_factor_text"), steps, one.element, this.#way_out());
  }

  #way_out() {
    const leave = el("button", { class: "button bare", type: "button", on: { click: () => this.#session.log_out() } }, icon("leave"), t("log_out"));
    return el("p", { class: "way-out" }, leave);
  }
}
