// The camera wall: a card per camera, with its live picture only while it is on the screen.
import { state_of, tampers_of, tile_view } from "./camera_state.js";
import { el, icon, set_text } from "./dom.js";
import { moment, plain } from "./format.js";
import { LiveTile } from "./live_tile.js";
import { empty_notice, no_match_notice, skeletons } from "./notices.js";
import { language, t } from "./texts.js";

const kFilters = ["bad", "warn", "ok", "idle", "unset"];

class Card {
  constructor(socket, camera) {
    const href = `#/camera/${encodeURIComponent(camera.id)}`;
    this.picture = el("div");
    this.tile = new LiveTile(socket, this.picture, tile_view(camera));
    this.cover = el("a", { class: "cover", href });
    this.picture.append(this.cover);
    this.name = el("a", { href, tabindex: "-1" }); // the picture before it is the same link
    this.state = el("span", { class: "state" });
    this.since = el("span", { class: "since" });
    this.marks = el("span", { class: "marks" });
    this.reason = el("p", { class: "reason" });
    this.element = el(
      "article",
      { class: "card" },
      this.picture,
      el(
        "div",
        { class: "text" },
        el("div", { class: "row" }, el("h2", {}, this.name), this.marks),
        el("div", { class: "row" }, this.state, this.since),
        this.reason,
      ),
    );
    this.draw(camera);
  }

  draw(camera) {
    const state = state_of(camera);
    const since = Date.parse(camera.since);
    this.tile.update(tile_view(camera));
    set_text(this.name, camera.name);
    this.cover.setAttribute("aria-label", t("review", { name: camera.name }));
    this.element.classList.toggle("motion", Boolean(camera.motion_active));
    this.element.classList.toggle("alarm", Boolean(camera.alarm));
    set_text(this.reason, camera.message?.[language()] ?? "");
    set_text(this.since, Number.isFinite(since) ? t("since", { time: moment(since) }) : "");
    const tampers = tampers_of(camera);
    const drawn = JSON.stringify([state, camera.recording, camera.motion_active, camera.alarm?.zone, tampers, language()]);
    if (this.drawn === drawn) return;
    this.drawn = drawn;
    this.state.className = `state ${state}`;
    this.state.replaceChildren(icon(state, "small"), t(`state_${state}`));
    this.marks.replaceChildren();
    for (const kind of tampers) {
      this.marks.append(el("span", { class: "mark tamper" }, icon(kind, "small"), t(`tamper_${kind}`)));
    }
    if (camera.alarm) {
      const words = t("alarm_in", { zone: camera.alarm.zone });
      this.marks.append(el("span", { class: "mark alarm" }, icon("alarm", "small"), words));
    } else if (camera.motion_active) {
      this.marks.append(el("span", { class: "mark moving" }, icon("motion", "small"), t("moving")));
    }
    if (camera.recording) {
      this.marks.append(el("span", { class: "mark recording" }, icon("record", "small"), t("recording")));
    }
  }
}

export class Wall {
  #store;
  #socket;
  #cards = new Map();
  #filter = "";
  #query = "";
  #stop_listening;
  #observer;

  constructor(store, socket, place) {
    this.#store = store;
    this.#socket = socket;
    this.title = el("h1", { text: t("wall") });
    this.search = el("input", {
      class: "search",
      type: "search",
      placeholder: t("search"),
      "aria-label": t("search"),
      on: { input: () => this.#search_for(this.search.value) },
    });
    this.filters = el("div", { class: "filters", role: "group" });
    this.tools = el("div", { class: "tools" }, this.title, this.search, this.filters);
    this.grid = el("div", { class: "grid" });
    this.notice = el("div");
    this.element = el("div", { class: "wall" }, this.tools, this.notice, this.grid);
    place.replaceChildren(this.element);
    // A picture begins a little before it scrolls in.
    this.#observer = new IntersectionObserver((entries) => this.#seen(entries), { rootMargin: "120px" });
    this.#stop_listening = store.listen(() => this.draw());
    this.draw();
  }

  close() {
    this.#stop_listening();
    this.#observer.disconnect();
    for (const card of this.#cards.values()) card.tile.hide();
  }

  page_hidden(hidden) {
    for (const card of this.#cards.values()) card.tile.page_hidden(hidden);
  }

  focus_search() {
    this.search.focus();
  }

  /** Arrow keys: to the picture beside, above or below the focused one. */
  move(key) {
    const covers = [...this.grid.querySelectorAll("a.cover")];
    const at = covers.findIndex((cover) => cover.closest(".card").contains(document.activeElement));
    if (covers.length === 0) return;
    const tops = covers.map((cover) => cover.getBoundingClientRect().top);
    const columns = tops.filter((top) => Math.abs(top - tops[0]) < 2).length;
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[key];
    covers[at < 0 ? 0 : Math.min(Math.max(at + step, 0), covers.length - 1)].focus();
  }

  #search_for(query) {
    this.#query = query;
    this.draw();
  }

  #seen(entries) {
    for (const entry of entries) {
      const card = [...this.#cards.values()].find(({ picture }) => picture === entry.target);
      if (entry.isIntersecting) card?.tile.show();
      else card?.tile.hide();
    }
  }

  draw() {
    const status = this.#store.status;
    const cameras = status?.cameras ?? [];
    this.tools.hidden = cameras.length === 0;
    if (!status || cameras.length === 0) {
      this.#sync_cards([]);
      const kind = status ? "empty" : "loading";
      if (this.notice.dataset.kind === kind) return;
      this.notice.dataset.kind = kind;
      this.notice.replaceChildren(status ? empty_notice(status.disk?.path) : skeletons());
      return;
    }
    this.#draw_filters(cameras);
    this.#choose_columns(cameras.length);
    const wanted = plain(this.#query.trim());
    const shown = cameras.filter(
      (camera) => (!this.#filter || state_of(camera) === this.#filter) && plain(camera.name).includes(wanted),
    );
    this.#sync_cards(shown);
    const kind = shown.length === 0 ? "no_match" : "";
    if (this.notice.dataset.kind === kind) return;
    this.notice.dataset.kind = kind;
    this.notice.replaceChildren(...(kind ? [no_match_notice(() => this.#clear())] : []));
  }

  /** Up to nine cameras share the screen so that none needs scrolling. */
  #choose_columns(count) {
    this.grid.classList.toggle("few", count <= 9);
    const columns = Math.ceil(Math.sqrt(count));
    this.grid.style.setProperty("--columns", String(columns));
    this.grid.style.setProperty("--rows", String(Math.ceil(count / columns)));
  }

  #clear() {
    this.#filter = "";
    this.search.value = "";
    this.#search_for("");
  }

  #draw_filters(cameras) {
    const counts = new Map();
    for (const camera of cameras) counts.set(state_of(camera), (counts.get(state_of(camera)) ?? 0) + 1);
    const drawn = JSON.stringify([[...counts], this.#filter, language()]);
    if (this.filters.dataset.drawn === drawn) return;
    this.filters.dataset.drawn = drawn;
    const had_focus = this.filters.contains(document.activeElement);
    const button = (filter, ...children) =>
      el(
        "button",
        {
          class: "button",
          type: "button",
          "aria-pressed": String(this.#filter === filter),
          on: { click: () => ((this.#filter = filter), this.draw()) },
        },
        ...children,
      );
    const chips = kFilters
      .filter((state) => counts.has(state) || this.#filter === state)
      .map((state) =>
        button(state, el("span", { class: `state ${state}` }, icon(state, "small")), `${t(`state_${state}`)} ${counts.get(state) ?? 0}`),
      );
    this.filters.replaceChildren(button("", t("all", { count: cameras.length })), ...chips);
    if (had_focus) this.filters.querySelector('[aria-pressed="true"]')?.focus();
  }

  #sync_cards(cameras) {
    const wanted = new Set(cameras.map((camera) => camera.id));
    for (const [id, card] of this.#cards) {
      if (wanted.has(id)) continue;
      this.#observer.unobserve(card.picture);
      card.tile.hide();
      card.element.remove();
      this.#cards.delete(id);
    }
    cameras.forEach((camera, index) => {
      let card = this.#cards.get(camera.id);
      if (card) {
        card.draw(camera);
      } else {
        card = new Card(this.#socket, camera);
        this.#cards.set(camera.id, card);
        this.#observer.observe(card.picture);
      }
      if (this.grid.children[index] !== card.element) this.grid.insertBefore(card.element, this.grid.children[index] ?? null);
    });
  }
}
