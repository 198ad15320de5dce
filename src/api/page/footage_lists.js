// The day's motion events, clips, gaps and tamper states as four lists; one is shown at a time.
import { thumbnail_url } from "./api_client.js";
import { el, icon } from "./dom.js";
import { bytes, clock_time, duration, moment, number } from "./format.js";
import { failed_notice } from "./notices.js";
import { known, t } from "./texts.js";

const kHits = "hits"; // a tab of its own once something has been searched

const times = (row) => {
  const start = clock_time(Date.parse(row.start));
  return row.end && row.ended !== false ? `${start} – ${clock_time(Date.parse(row.end))}` : `${start} – …`;
};
const length = (row) => (row.end && row.ended !== false ? duration(row.duration_ms) : t("not_ended"));

export class FootageLists {
  #play;
  #shown;
  #footage = null;
  #playing = "";
  #hits; // undefined: nothing searched; null: searching

  /** The kinds that this person may see; `play(from_ms, to_ms, key)` for a chosen row, null for who may not play;
   *  `retry` after a list that could not be read. */
  constructor(kinds, play, retry) {
    this.kinds = kinds;
    this.#shown = kinds[0];
    this.#play = play;
    this.retry = retry;
    this.tabs = el("div", { class: "tabs", role: "tablist" });
    this.rows = el("ul", { class: "rows" });
    const panel = el("div", { id: "footage-rows", role: "tabpanel" }, this.rows);
    this.element = el("section", { class: "lists" }, this.tabs, panel);
  }

  /** null while loading; {failed: true, words}; or {events, clips, gaps, tampers, more}. */
  draw(footage) {
    this.#footage = footage;
    const had_focus = this.tabs.contains(document.activeElement);
    const kinds = this.#hits === undefined ? this.kinds : [...this.kinds, kHits];
    this.tabs.replaceChildren(...kinds.map((kind) => this.#tab(kind)));
    if (had_focus) this.tabs.querySelector('[aria-selected="true"]').focus();
    this.#draw_rows();
  }

  /** What a search of a region found: null while it runs, {failed: true}, or {hits, more, complete}. */
  show_hits(found) {
    this.#hits = found;
    this.#shown = kHits;
    this.draw(this.#footage);
  }

  mark(key) {
    this.#playing = key;
    for (const entry of this.rows.querySelectorAll(".entry")) {
      if (entry.dataset.key === key) entry.setAttribute("aria-current", "true");
      else entry.removeAttribute("aria-current");
    }
  }

  #tab(kind) {
    const rows = kind === kHits ? this.#hits?.hits : this.#footage?.[kind];
    const count = rows?.length;
    const select = () => {
      this.#shown = kind;
      this.draw(this.#footage);
    };
    return el("button", {
      class: "button",
      type: "button",
      role: "tab",
      "aria-selected": String(this.#shown === kind),
      "aria-controls": "footage-rows",
      text: t(`tab_${kind}`, { count: count === undefined ? "" : number(count) }).trim(),
      on: { click: select },
    });
  }

  #draw_hits() {
    const found = this.#hits;
    if (!found || found.failed) {
      this.rows.replaceChildren(el("li", { class: "none", text: t(found ? "load_failed" : "loading") }));
      return;
    }
    const items = found.hits.map((hit) => el("li", {}, this.#hit(hit)));
    if (items.length === 0) items.push(el("li", { class: "none", text: t("no_hits") }));
    if (found.more) items.push(el("li", { class: "none", text: t("more_hits") }));
    if (!found.complete) items.push(el("li", { class: "none", text: t("hits_not_all") }));
    this.rows.replaceChildren(...items);
    this.mark(this.#playing);
  }

  #draw_rows() {
    if (this.#shown === kHits) {
      this.#draw_hits();
      return;
    }
    const footage = this.#footage;
    if (!footage) {
      this.rows.replaceChildren(el("li", { class: "none", text: t("loading") }));
      return;
    }
    if (footage.failed) {
      this.rows.replaceChildren(el("li", {}, failed_notice(footage.words, this.retry)));
      return;
    }
    const rows = footage[this.#shown];
    const draw = { events: this.#event, clips: this.#clip, gaps: this.#gap, tampers: this.#tamper }[this.#shown];
    const items = rows.map((row) => el("li", {}, draw.call(this, row))).reverse(); // the newest first
    if (items.length === 0) items.push(el("li", { class: "none", text: t(`no_${this.#shown}`) }));
    if (footage.more[this.#shown]) items.push(el("li", { class: "none", text: t("more") }));
    this.rows.replaceChildren(...items);
    this.mark(this.#playing);
  }

  #entry(key, from_ms, to_ms, picture, title, detail) {
    const lines = el("span", { class: "lines" }, el("strong", { text: title }), el("span", { text: detail }));
    if (!this.#play) return el("div", { class: "entry fixed", "data-key": key }, picture, lines);
    const on = { click: () => this.#play(from_ms, to_ms, key) };
    return el("button", { class: "entry", type: "button", "data-key": key, on }, picture, lines);
  }

  #event(event) {
    const start = Date.parse(event.start);
    const end = event.end ? Date.parse(event.end) : start + 10_000;
    const picture = event.thumbnail
      ? el("img", { class: "thumb", src: thumbnail_url(event.id), alt: "", loading: "lazy" })
      : icon("motion");
    const facts = [length(event)];
    for (const label of event.labels ?? []) facts.push(known("class_", label.class, "class_other"));
    if (event.zone) facts.push(t("zone", { zone: event.zone }));
    const entry = this.#entry(`event ${event.id}`, start - 3000, end + 3000, picture, times(event), facts.join(" · "));
    if (!event.alarm) return entry;
    entry.classList.add("alarm");
    const words = t("alarm_in", { zone: event.alarm });
    entry.querySelector(".lines").append(el("span", { class: "mark alarm" }, icon("alarm", "small"), words));
    return entry;
  }

  #hit(hit) {
    const start = Date.parse(hit.start);
    const picture = hit.thumbnail
      ? el("img", { class: "thumb", src: thumbnail_url(hit.event), alt: "", loading: "lazy" })
      : icon("motion");
    const facts = [duration(hit.duration_ms), t("region_share", { percent: Math.max(1, Math.round(100 * hit.score)) })];
    const title = moment(start).includes(" ") ? `${moment(start)}` : clock_time(start);
    return this.#entry(`hit ${hit.start}`, start - 3000, Date.parse(hit.end) + 3000, picture, title, facts.join(" · "));
  }

  #clip(clip) {
    const start = Date.parse(clip.start);
    const facts = [length(clip)];
    if (clip.size_bytes > 0) facts.push(bytes(clip.size_bytes));
    if (clip.width > 0) facts.push(`${clip.width}×${clip.height}`);
    if (clip.motion) facts.push(t("motion").toLowerCase());
    return this.#entry(`clip ${clip.start}`, start, Date.parse(clip.end), icon("film"), times(clip), facts.join(" · "));
  }

  #tamper(tamper) {
    const kind = known("tamper_", tamper.kind, "tamper_other");
    const symbol = kind === t("tamper_other") ? "warn" : tamper.kind;
    const facts = [kind, known("ended_", tamper.ended_by || "unknown", "ended_unknown")];
    const start = Date.parse(tamper.start);
    const title = tamper.end ? `${clock_time(start)} – ${clock_time(Date.parse(tamper.end))}` : `${clock_time(start)} – …`;
    return this.#entry(`tamper ${tamper.id}`, start - 10_000, start + 30_000, icon(symbol), title, facts.join(" · "));
  }

  #gap(gap) {
    const cause = known("cause_", gap.cause, "cause_unknown");
    return el(
      "div",
      { class: "entry fixed" },
      icon("gap"),
      el("span", { class: "lines" }, el("strong", { text: times(gap) }), el("span", { text: `${length(gap)} · ${cause}` })),
    );
  }
}
