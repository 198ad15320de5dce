// "When did something move here?": a button, a rectangle on the picture, and how far back to look.
import * as api from "./api_client.js";
import { el, icon, set_text } from "./dom.js";
import { kDayMs } from "./format.js";
import { RegionPicker } from "./region_picker.js";
import { t } from "./texts.js";

const kRanges = [1, 7, 30]; // days

export class RegionSearch {
  #player;
  #camera_id;
  #show;
  #signal;
  #picker = null;
  #asked = 0;

  /** `show(found)`: null while it searches, {failed: true}, or the answer of the search. */
  constructor(player, camera_id, show, signal) {
    this.#player = player;
    this.#camera_id = camera_id;
    this.#show = show;
    this.#signal = signal;
    this.open_button = el(
      "button",
      { class: "button", type: "button", "aria-pressed": "false", on: { click: () => this.#toggle() } },
      icon("region"),
      t("region_search"),
    );
    this.range = el(
      "select",
      { class: "button", "aria-label": t("region_range"), on: { change: () => this.#search() } },
      ...kRanges.map((days) => el("option", { value: String(days), text: t("region_days", { days }) })),
    );
    this.range.value = "7";
    const find = el("button", { class: "button primary", type: "button", text: t("region_find"), on: { click: () => this.#search() } });
    this.hint = el("p", { class: "quiet", text: t("region_hint") });
    this.bar = el("div", { class: "region-bar", hidden: true }, this.hint, this.range, find);
    this.element = el("div", { class: "region-search" }, this.open_button, this.bar);
  }

  close() {
    this.#picker?.close();
    this.#picker = null;
    this.bar.hidden = true;
    this.open_button.setAttribute("aria-pressed", "false");
  }

  #toggle() {
    if (this.#picker) {
      this.close();
      return;
    }
    this.bar.hidden = false;
    this.open_button.setAttribute("aria-pressed", "true");
    const close = () => {
      this.close();
      this.open_button.focus();
    };
    this.#picker = new RegionPicker(this.#player.stage, () => this.#player.picture_box(), () => this.#search(), close);
  }

  async #search() {
    if (!this.#picker) return;
    const asked = (this.#asked += 1);
    const now = Date.now();
    this.#show(null);
    set_text(this.hint, t("loading"));
    const from = now - Number(this.range.value) * kDayMs;
    const answer = await api.search(this.#camera_id, this.#picker.region, from, now, this.#signal);
    if (this.#signal.aborted || asked !== this.#asked) return;
    set_text(this.hint, answer.ok ? t("region_found", { count: answer.data.hits.length }) : t("load_failed"));
    this.#show(answer.ok ? answer.data : { failed: true });
  }
}
