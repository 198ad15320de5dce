// Asks for the status every two seconds while somebody is logged in, and tells whoever listens. Knows since when the
// recorder is silent.
import { status } from "./api_client.js";

const kEveryMs = 2000;

export class StatusStore {
  #listeners = new Set();
  #round = 0; // 0: nobody is logged in
  #rounds = 0;
  status = null; // the newest one
  silent_since = 0; // Date.now() of the first failure in a row
  offline = false; // nothing answers at all, in contrast to an answer that is an error

  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  camera(id) {
    return this.status?.cameras?.find((camera) => camera.id === id);
  }

  /** Asks on, or stops and forgets: what one person may see is not left for the next. */
  run(wanted) {
    if (wanted === this.#round > 0) return;
    if (wanted) {
      this.#ask((this.#round = this.#rounds += 1));
      return;
    }
    this.#round = 0;
    this.status = null;
    this.silent_since = 0;
    this.offline = false;
    this.#tell();
  }

  async #ask(round) {
    const answer = await status();
    if (round !== this.#round) return;
    if (answer.ok) {
      this.status = answer.data;
      this.silent_since = 0;
      this.offline = false;
    } else if (answer.status !== 401) {
      this.silent_since ||= Date.now();
      this.offline = answer.status === 0;
    }
    this.#tell();
    setTimeout(() => round === this.#round && this.#ask(round), kEveryMs);
  }

  #tell() {
    for (const listener of [...this.#listeners]) listener();
  }
}
