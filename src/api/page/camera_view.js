// One camera on one day: live picture or playback, the day bar, and the lists of what was recorded.
import * as api from "./api_client.js";
import { state_of, tampers_of } from "./camera_state.js";
import { DayBar } from "./day_bar.js";
import { el, icon, set_text } from "./dom.js";
import { FootageLists } from "./footage_lists.js";
import { words_of } from "./form.js";
import { clock_time, date, day_of, day_start, kDayMs } from "./format.js";
import { Player } from "./player.js";
import { RegionSearch } from "./region_search.js";
import { language, t } from "./texts.js";

const kStretchMs = 10 * 60 * 1000; // played in one go from a click on the bar
const kReloadMs = 15 * 1000; // of today's lists

/** The part of an unbroken clip that lies in the day; its size is known for the whole only. */
function within(clip, from_ms, to_ms) {
  const start = Math.max(Date.parse(clip.start), from_ms);
  const end = Math.min(Date.parse(clip.end), to_ms);
  const whole = start === Date.parse(clip.start) && end === Date.parse(clip.end);
  const iso = (ms) => new Date(ms).toISOString();
  const size_bytes = whole ? clip.size_bytes : 0;
  return { ...clip, start: iso(start), end: iso(end), duration_ms: end - start, size_bytes };
}

export class CameraView {
  #store;
  #socket;
  #session;
  #id;
  #day;
  #footage = null;
  #player = null;
  #abort = new AbortController();
  #timer = 0;
  #stop_listening;

  constructor(store, socket, session, place, id, day) {
    this.#store = store;
    this.#socket = socket;
    this.#session = session;
    this.#id = id;
    this.#day = Number.isNaN(day_start(day)) ? day_of(Date.now()) : day;
    this.element = el("div", { class: "camera" });
    place.replaceChildren(this.element);
    this.#stop_listening = store.listen(() => this.draw());
    this.draw();
  }

  close() {
    this.#stop_listening();
    this.#abort.abort();
    clearTimeout(this.#timer);
    this.search?.close();
    this.#player?.close();
  }

  page_hidden(hidden) {
    this.#player?.tile.page_hidden(hidden);
  }

  draw() {
    if (!this.#store.status) return;
    const camera = this.#store.camera(this.#id);
    if (!camera && !this.#player) {
      this.#draw_gone();
      return;
    }
    if (!this.#player) this.#build(camera);
    if (!camera) return;
    this.#player.update(camera);
    const state = state_of(camera);
    set_text(this.name, camera.name);
    document.title = `${camera.name} · ${t("brand")}`;
    const tampers = tampers_of(camera);
    const drawn = JSON.stringify([state, tampers, camera.alarm?.zone, language()]);
    if (this.state.dataset.drawn !== drawn) {
      this.state.dataset.drawn = drawn;
      this.state.className = `state ${state}`;
      this.state.replaceChildren(icon(state, "small"), t(`state_${state}`));
      const mark = (name, symbol, words) => el("span", { class: `mark ${name}` }, icon(symbol, "small"), words);
      this.marks.replaceChildren(...tampers.map((kind) => mark("tamper", kind, t(`tamper_${kind}`))));
      if (camera.alarm) this.marks.append(mark("alarm", "alarm", t("alarm_in", { zone: camera.alarm.zone })));
    }
    set_text(this.reason, camera.message?.[language()] ?? "");
  }

  #draw_gone() {
    this.element.replaceChildren(
      el(
        "div",
        { class: "notice" },
        icon("camera"),
        el("h1", { text: t("gone") }),
        el("p", { text: t("gone_text") }),
        el("a", { class: "button", href: "#/", text: t("back") }),
      ),
    );
  }

  #build(camera) {
    this.name = el("h1");
    this.state = el("span", { class: "state" });
    this.marks = el("span", { class: "marks" });
    this.reason = el("span", { class: "quiet" });
    this.bar = new DayBar((ms) => this.#play_at(ms));
    const may_play = this.#session.may("playback");
    const kinds = { events: this.#session.may("live_view"), clips: may_play, gaps: true, tampers: true };
    const play = may_play ? (from, to, key) => this.#play(from, to, key) : null;
    this.lists = new FootageLists(Object.keys(kinds).filter((kind) => kinds[kind]), play, () => this.#load());
    this.#player = new Player(this.#socket, this.#session, camera, (ms) => this.bar.show_head(ms), (ms) => this.#go_on(ms));
    this.search = new RegionSearch(this.#player, camera.id, (found) => this.lists.show_hits(found), this.#abort.signal);
    this.search.element.hidden = !may_play;
    const back = el("a", { class: "button bare", href: "#/" }, icon("back"), t("back"));
    this.element.replaceChildren(
      el("div", { class: "title" }, back, this.name, this.state, this.marks, this.reason),
      el(
        "div",
        { class: "split" },
        el("div", {}, this.#player.element, this.search.element, this.#day_box()),
        this.lists.element,
      ),
    );
    this.lists.draw(null);
    this.#load();
  }

  #day_box() {
    const today = day_of(Date.now());
    const step = (days) => this.#open_day(day_of(day_start(this.#day) + days * kDayMs + kDayMs / 2));
    const arrow = (name, key, days) => {
      const button = el("button", { class: "button bare", type: "button", "aria-label": t(key), title: t(key) }, icon(name));
      button.addEventListener("click", () => step(days));
      return button;
    };
    const next = arrow("next", "next_day", 1);
    next.disabled = this.#day >= today;
    const chosen = el("input", { type: "date", "aria-hidden": "true", tabindex: "-1", max: today });
    chosen.value = this.#day;
    chosen.addEventListener("change", () => chosen.value && this.#open_day(chosen.value));
    const words = date(day_start(this.#day)) + (this.#day === today ? ` · ${t("today")}` : "");
    const open = el("button", { class: "button", type: "button", "aria-label": `${t("day")} ${words}` }, icon("calendar"), words);
    open.addEventListener("click", () => chosen.showPicker());
    const key = (name, text) => el("span", {}, el("i", { class: name }), t(text));
    return el(
      "section",
      { class: "day" },
      el(
        "div",
        { class: "choose" },
        arrow("back", "previous_day", -1),
        el("span", { class: "date" }, chosen, open),
        next,
        el("div", { class: "legend" }, key("recorded", "recorded"), key("moved", "motion"), key("alarm", "alarm"), key("gap", "gap")),
      ),
      this.bar.element,
    );
  }

  #open_day(day) {
    location.hash = `#/camera/${encodeURIComponent(this.#id)}/${day}`;
  }

  async #load() {
    clearTimeout(this.#timer);
    const start = day_start(this.#day);
    const wanted = [this.#id, start, start + kDayMs, this.#abort.signal];
    const kinds = this.lists.kinds;
    const answers = await Promise.all(kinds.map((kind) => api[kind](...wanted)));
    if (this.#abort.signal.aborted) return;
    const failed = answers.find((answer) => !answer.ok);
    if (!failed) {
      const footage = { clips: [], events: [], gaps: [], tampers: [], more: {} };
      kinds.forEach((kind, i) => {
        footage[kind] = answers[i].data[kind];
        footage.more[kind] = answers[i].data.more;
      });
      footage.clips = footage.clips.map((clip) => within(clip, start, start + kDayMs));
      const text = JSON.stringify(footage);
      if (text !== this.loaded) {
        this.loaded = text;
        this.#footage = footage;
        this.bar.draw(start, footage.clips, footage.events, footage.gaps);
        this.lists.draw(footage);
      }
    } else if (!this.#footage) {
      this.bar.draw(start, [], [], []);
      this.lists.draw({ failed: true, words: failed.status === 403 ? words_of(failed) : t("load_failed") });
    }
    if (failed || this.#day === day_of(Date.now())) this.#timer = setTimeout(() => this.#load(), kReloadMs);
  }

  /** Only what is recorded, and no more than a stretch at a time. */
  async #play(from_ms, to_ms, key) {
    const clip = this.#clip_at(from_ms) ?? this.#clip_at(from_ms + 4000) ?? this.#clip_at(to_ms - 4000);
    const start = clip ? Math.max(from_ms, Date.parse(clip.start)) : from_ms;
    const end = clip ? Math.min(to_ms, Date.parse(clip.end)) : to_ms;
    if (!(await this.#player.play(start, Math.min(end, start + kStretchMs)))) return;
    this.lists.mark(key);
    this.#player.element.scrollIntoView({ block: "nearest" });
  }

  /** From a time of the bar: a stretch that ends where the unbroken footage ends. */
  #play_at(ms) {
    if (!this.#session.may("playback")) return;
    const clip = this.#clip_at(ms);
    if (clip) this.#play(ms, Date.parse(clip.end), "");
    else this.#player.say_trouble(t("nothing_there", { time: clock_time(ms) }));
  }

  #go_on(ms) {
    const clip = this.#clip_at(ms);
    if (clip && Date.parse(clip.end) > ms + 1000) this.#play(ms, Date.parse(clip.end), "");
  }

  /** The unbroken footage that covers a time. */
  #clip_at(ms) {
    return this.#footage?.clips.find((clip) => Date.parse(clip.start) <= ms && ms < Date.parse(clip.end));
  }
}
