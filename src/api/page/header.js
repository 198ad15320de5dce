// The bar on top: what the service, the disk and the footage are doing, who is here, language, theme, keys; and the
// panel behind it.
import { disk_state, service_state } from "./camera_state.js";
import { el, icon } from "./dom.js";
import { bytes, duration, moment, number } from "./format.js";
import { known, t } from "./texts.js";

function fact(state, label, value, wide = false) {
  return el(
    "span",
    { class: wide ? "fact wide" : "fact" },
    state ? el("span", { class: `state ${state}` }, icon(state, "small")) : null,
    el("span", { class: "label", text: label }),
    el("span", { text: value }),
  );
}

const state_words = (status) => {
  const state = service_state(status);
  return state === "ok" ? t("running_for", { duration: duration(1000 * (status.uptime_s ?? 0), 1) }) : t(`state_${state}`);
};

function footage_words(status) {
  const starts = (status.cameras ?? []).map((camera) => Date.parse(camera.footage_from)).filter(Number.isFinite);
  const stored = (status.cameras ?? []).reduce((sum, camera) => sum + (camera.stored_bytes || 0), 0);
  if (starts.length === 0) return t("footage_none");
  return `${t("footage_since", { time: moment(Math.min(...starts)) })} · ${bytes(stored)}`;
}

function disk_words(status) {
  const disk = status.disk ?? {};
  if (disk_state(status) !== "ok") return known("disk_", disk.state, "state_bad");
  return t("disk_free", { free: bytes(disk.free_bytes), total: bytes(disk.total_bytes) });
}

function process_words(process) {
  const number_of_kind = process.kind === "web" ? "" : ` ${process.index + 1}`;
  return known("kind_", process.kind, "kind") + number_of_kind + (process.quarantine ? ` · ${t("quarantine")}` : "");
}

export class Header {
  #store;
  #session;
  #facts = el("div", { class: "facts" });
  #panel = document.getElementById("system");
  #toggle;

  /** `changed` is called when the language or the theme changed. */
  constructor(store, session, changed, show_keys) {
    this.#store = store;
    this.#session = session;
    this.#toggle = el(
      "button",
      { class: "button bare", type: "button", "aria-expanded": "false", "aria-controls": "system", on: { click: () => this.#flip() } },
      icon("down"),
    );
    this.language = el("button", { class: "button bare", type: "button", on: { click: () => this.#switch_language(changed) } });
    this.theme = el("button", { class: "button bare", type: "button", on: { click: () => this.#switch_theme() } });
    this.keys = el("button", { class: "button bare", type: "button", on: { click: show_keys } }, icon("keys"));
    this.lock = el("button", { class: "button bare", type: "button", on: { click: () => session.lock() } }, icon("lock"));
    this.leave = el("button", { class: "button bare", type: "button", on: { click: () => session.log_out() } }, icon("leave"));
    this.person = el("span", { class: "person" });
    this.brand = el("a", { class: "brand", href: "#/" });
    const switches = el("div", { class: "switches" }, this.#toggle, this.keys, this.theme, this.language);
    this.who = el("div", { class: "who" }, this.person, this.lock, this.leave);
    document.getElementById("bar").append(this.brand, this.#facts, switches, this.who);
    this.draw_words();
    store.listen(() => this.draw());
  }

  draw_words() {
    this.brand.replaceChildren(el("img", { src: "/assets/icon.svg", alt: "" }), t("brand"));
    this.language.textContent = t("language");
    this.language.lang = document.documentElement.lang === "en" ? "vi" : "en";
    for (const [button, key] of [[this.#toggle, "details"], [this.keys, "keys"], [this.lock, "lock"], [this.leave, "log_out"]]) {
      button.setAttribute("aria-label", t(key));
      button.title = t(key);
    }
    this.#draw_theme();
    this.#draw_person();
    this.draw();
  }

  /** What stands here is for who is inside; somebody at the door has only the language and the theme. */
  #draw_person() {
    const { me, state } = this.#session;
    const inside = state === "in";
    for (const part of [this.who, this.#toggle, this.keys]) part.hidden = !inside;
    if (!inside) this.#panel.hidden = true;
    this.#toggle.setAttribute("aria-expanded", String(!this.#panel.hidden));
    const role = this.#session.role_words();
    this.person.replaceChildren(...(me ? [el("strong", { text: me.name }), el("span", { class: "label", text: role || t("no_role") })] : []));
    this.person.title = me ? `${me.name} · ${role || t("no_role")}` : "";
  }

  draw() {
    const status = this.#store.status;
    if (!status) {
      this.#facts.replaceChildren();
      return;
    }
    this.#facts.replaceChildren(
      fact(service_state(status), t("service"), state_words(status)),
      fact(disk_state(status), t("disk"), disk_words(status)),
      fact("", t("processes"), t("processes_value", { count: (status.processes ?? []).length }), true),
      fact("", t("footage"), footage_words(status), true),
    );
    if (!this.#panel.hidden) this.#draw_panel(status);
  }

  #flip() {
    const open = this.#panel.hidden;
    this.#panel.hidden = !open;
    this.#toggle.setAttribute("aria-expanded", String(open));
    this.draw();
  }

  #draw_panel(status) {
    const disk = status.disk ?? {};
    const pairs = (rows) =>
      el("dl", { class: "pairs" }, ...rows.flatMap(([name, value]) => [el("dt", { text: t(name) }), el("dd", { text: value })]));
    const process_rows = (status.processes ?? []).map((process) =>
      el(
        "tr",
        {},
        el("td", { text: process_words(process) }),
        el("td", { class: "number", text: number(process.cameras ?? 0) }),
        el("td", { class: "number", text: number(process.restarts ?? 0) }),
      ),
    );
    this.#panel.replaceChildren(
      el(
        "div",
        { class: "columns" },
        el(
          "section",
          {},
          el("h2", { text: t("disk") }),
          pairs([
            ["disk_state", known("disk_", disk.state, "disk_ok")],
            ["low_water", bytes(disk.low_water_bytes)],
            ["queued", bytes(disk.queued_bytes)],
            ["written", bytes(disk.media_bytes_written)],
            ["dropped", number(disk.fragments_dropped ?? 0)],
          ]),
          disk.age_deletion_frozen ? el("p", { class: "state warn", text: t("frozen") }) : null,
        ),
        el(
          "section",
          {},
          el("h2", { text: t("processes") }),
          el(
            "table",
            {},
            el(
              "thead",
              {},
              el(
                "tr",
                {},
                el("th", { text: t("kind") }),
                el("th", { class: "number", text: t("cameras_count") }),
                el("th", { class: "number", text: t("restarts") }),
              ),
            ),
            el("tbody", {}, ...process_rows),
          ),
        ),
        el(
          "section",
          {},
          el("h2", { text: t("service") }),
          pairs([
            ["version", status.version ?? ""],
            ["started", moment(Date.parse(status.started_at))],
            ...(status.wall_clock_state ? [["clock", t(status.wall_clock_state === "stepped" ? "clock_stepped" : "clock_ok")]] : []),
            ["viewers", number(status.web?.viewers ?? 0)],
          ]),
        ),
      ),
    );
  }

  #switch_language(changed) {
    const next = document.documentElement.lang === "en" ? "vi" : "en";
    document.documentElement.lang = next;
    remember("vonggac.language", next);
    this.draw_words();
    changed();
  }

  #switch_theme() {
    const next = is_light() ? "dark" : "light";
    document.documentElement.dataset.theme = next;
    remember("vonggac.theme", next);
    this.#draw_theme();
  }

  #draw_theme() {
    const key = is_light() ? "theme_dark" : "theme_light";
    this.theme.replaceChildren(icon(is_light() ? "moon" : "sun"));
    this.theme.setAttribute("aria-label", t(key));
    this.theme.title = t(key);
  }
}

function is_light() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "light" : matchMedia("(prefers-color-scheme: light)").matches;
}

function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Storage is switched off: the choice lasts as long as the page.
  }
}
