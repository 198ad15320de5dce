// Who is here and what they may do. The one place that knows whether the page shows a login, a lock or its screens.
import * as api from "./api_client.js";
import { language } from "./texts.js";

const kRetryMs = 2000;

export class Session {
  #listeners = new Set();
  #asking = null;
  #purpose = null; // {id, ends_ms}; in memory only
  #password = ""; // typed a moment ago, so that the next step need not ask for it again

  /** asking, setup, login, password, second_factor or in. */
  state = "asking";
  me = null;
  locked = false;
  ended = false; // the login form stands here because a session was over

  constructor() {
    api.on_refusal((code) => this.#refused(code));
  }

  listen(listener) {
    this.#listeners.add(listener);
  }

  may(action) {
    return this.me?.actions.includes(action) ?? false;
  }

  /** "Cán bộ trực, Cán bộ xác minh": each role once. */
  role_words() {
    const names = (this.me?.grants ?? []).map((grant) => grant.role_name?.[language()] ?? grant.role);
    return [...new Set(names)].join(", ");
  }

  /** Asks the service who is here. Calls that come meanwhile wait for the same answer. */
  refresh() {
    this.#asking ??= this.#ask().finally(() => (this.#asking = null));
    return this.#asking;
  }

  async log_in(form) {
    return this.#enter(await api.log_in(form), form.password);
  }

  async set_up(form) {
    return this.#enter(await api.set_up(form), form.password);
  }

  async change_password(old, password) {
    return this.#enter(await api.change_password(old, password), password);
  }

  async confirm_second_factor(sealed, code) {
    return this.#enter(await api.confirm_second_factor(sealed, code), "");
  }

  /** The password that was typed just now, once; "" when there is none. */
  take_password() {
    const password = this.#password;
    this.#password = "";
    return password;
  }

  async log_out() {
    const kept = ["vonggac.language", "vonggac.theme"].map((key) => [key, localStorage.getItem(key)]);
    const answer = await api.log_out();
    // The answer empties the storage; how the page looks is nobody's secret.
    for (const [key, value] of kept) if (value !== null) localStorage.setItem(key, value);
    if (!answer.ok && answer.status !== 401) return;
    this.#leave("login", false);
  }

  /** Also without an answer: a screen whose person left shows nothing but the wall. */
  async lock() {
    if (this.state !== "in" || this.locked) return;
    this.#set_locked(true);
    await api.lock();
  }

  async unlock(password) {
    const answer = await api.unlock(password);
    if (answer.ok) this.#set_locked(false);
    return answer;
  }

  purpose() {
    return this.#purpose && this.#purpose.ends_ms > Date.now() + 5000 ? this.#purpose.id : "";
  }

  async state_purpose(words) {
    const answer = await api.state_purpose(words);
    if (answer.ok) this.#purpose = { id: answer.data.id, ends_ms: Date.parse(answer.data.ends) };
    return answer;
  }

  forget_purpose() {
    this.#purpose = null;
  }

  async #enter(answer, password) {
    if (!answer.ok) return answer;
    this.#password = password;
    await this.refresh();
    if (this.state === "in") this.#password = "";
    return answer;
  }

  async #ask() {
    const answer = await api.me();
    if (answer.ok) {
      this.#take(answer.data);
    } else if (answer.status === 401) {
      const setup = await api.setup_state();
      this.#leave(setup.ok && setup.data.needed ? "setup" : "login", this.state === "in");
    } else if (this.state === "asking") {
      setTimeout(() => this.refresh(), kRetryMs);
    }
  }

  #take(me) {
    if (this.me && this.me.id !== me.id) this.#purpose = null;
    this.me = me;
    this.locked = me.locked;
    this.ended = false;
    if (me.must_change_password) this.state = "password";
    else if (me.must_set_second_factor) this.state = "second_factor";
    else this.state = "in";
    this.#tell();
  }

  #leave(state, ended) {
    this.state = state;
    this.ended = ended;
    this.me = null;
    this.locked = false;
    this.#purpose = null;
    this.#password = "";
    this.#tell();
  }

  #set_locked(locked) {
    if (this.locked === locked) return;
    this.locked = locked;
    this.#tell();
  }

  #refused(code) {
    if (this.state === "asking" || this.#asking) return;
    if (code === "locked") this.#set_locked(true);
    else if (this.state === "in") this.refresh();
  }

  #tell() {
    for (const listener of [...this.#listeners]) listener();
  }
}
