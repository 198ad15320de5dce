// Asks for the status every two seconds and tells whoever listens. Knows since when the recorder is silent.
import { status } from "./api_client.js";

const kEveryMs = 2000;

export class StatusStore {
  #listeners = new Set();
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

  start() {
    const ask = async () => {
      const answer = await status();
      if (answer.ok) {
        this.status = answer.data;
        this.silent_since = 0;
        this.offline = false;
      } else {
        this.silent_since ||= Date.now();
        this.offline = answer.status === 0;
      }
      for (const listener of [...this.#listeners]) listener();
      setTimeout(ask, kEveryMs);
    };
    ask();
  }
}
