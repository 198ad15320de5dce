// The bar of one day: recorded spans solid, motion higher and brighter, gaps hatched. A click or Enter plays from there.
import { el } from "./dom.js";
import { clock_time, kDayMs } from "./format.js";
import { known, t } from "./texts.js";

const kStepMs = 60 * 1000;

export class DayBar {
  #start_ms = 0;
  #cursor_ms = 0;
  #play;

  /** `play(ms)` is called with the chosen time. */
  constructor(play) {
    this.#play = play;
    this.head = el("div", { class: "head", hidden: true });
    this.cursor = el("div", { class: "cursor", hidden: true });
    this.spans = el("div");
    this.track = el("div", {
      class: "track",
      role: "slider",
      tabindex: "0",
      "aria-valuemin": "0",
      "aria-valuemax": String(kDayMs / 1000),
      on: {
        click: (event) => this.#play(this.#time_at(event)),
        pointermove: (event) => this.#point(this.#time_at(event)),
        pointerleave: () => (this.cursor.hidden = true),
        keydown: (event) => this.#key(event),
        blur: () => (this.cursor.hidden = true),
      },
    });
    this.hours = el("div", { class: "hours", "aria-hidden": "true" });
    this.element = el("div", {}, this.track, this.hours);
  }

  draw(start_ms, clips, events, gaps) {
    if (this.#start_ms !== start_ms) this.#cursor_ms = start_ms + kDayMs / 2;
    this.#start_ms = start_ms;
    const until = (row) => (row.end ? Date.parse(row.end) : Date.now());
    const span = (name, row, title) => {
      const from = Math.max(Date.parse(row.start), start_ms);
      const to = Math.min(until(row), start_ms + kDayMs);
      const element = el("div", { class: name, title });
      element.style.left = `${(100 * (from - start_ms)) / kDayMs}%`;
      element.style.width = `${(100 * Math.max(0, to - from)) / kDayMs}%`;
      return element;
    };
    const times = (row) => `${clock_time(Date.parse(row.start))}–${row.end ? clock_time(Date.parse(row.end)) : "…"}`;
    this.track.replaceChildren(
      ...gaps.map((gap) => span("gap", gap, `${times(gap)} ${known("cause_", gap.cause, "cause_unknown")}`)),
      ...clips.map((clip) => span("recorded", clip)),
      ...events.filter((event) => !event.alarm).map((event) => span("moved", event)),
      ...events.filter((event) => event.alarm).map((event) => span("alarm", event, t("alarm_in", { zone: event.alarm }))),
      this.head,
      this.cursor,
    );
    this.track.setAttribute("aria-label", t("bar"));
    this.#say();
    const every = this.track.clientWidth < 500 ? 6 : 3;
    this.hours.replaceChildren();
    for (let hour = 0; hour <= 24; hour += every) {
      const mark = el("span", { text: `${String(hour).padStart(2, "0")}:00` });
      mark.style.left = `${(100 * hour) / 24}%`;
      this.hours.append(mark);
    }
  }

  /** The playhead; 0 hides it. */
  show_head(ms) {
    const inside = ms > 0 && ms >= this.#start_ms && ms < this.#start_ms + kDayMs;
    this.head.hidden = !inside;
    if (inside) this.head.style.left = `${(100 * (ms - this.#start_ms)) / kDayMs}%`;
  }

  #time_at(event) {
    const box = this.track.getBoundingClientRect();
    const part = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 0.99999);
    return this.#start_ms + part * kDayMs;
  }

  #point(ms) {
    this.#cursor_ms = ms;
    this.cursor.hidden = false;
    this.cursor.style.left = `${(100 * (ms - this.#start_ms)) / kDayMs}%`;
    this.track.title = clock_time(ms);
    this.#say();
  }

  #say() {
    this.track.setAttribute("aria-valuenow", String(Math.round((this.#cursor_ms - this.#start_ms) / 1000)));
    this.track.setAttribute("aria-valuetext", clock_time(this.#cursor_ms));
  }

  #key(event) {
    const steps = { ArrowLeft: -1, ArrowRight: 1, PageDown: -60, PageUp: 60 };
    const last = this.#start_ms + kDayMs - 1000;
    if (event.key in steps) {
      const moved = this.#cursor_ms + steps[event.key] * kStepMs * (event.shiftKey ? 10 : 1);
      this.#point(Math.min(Math.max(moved, this.#start_ms), last));
    } else if (event.key === "Home") this.#point(this.#start_ms);
    else if (event.key === "End") this.#point(last);
    else if (event.key === "Enter" || event.key === " ") this.#play(this.#cursor_ms);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
