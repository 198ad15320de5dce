// Puts the page together: header, banner, the screen that the address names, keys.
import { CameraView } from "./camera_view.js";
import { el, icon } from "./dom.js";
import { clock_time } from "./format.js";
import { Header } from "./header.js";
import { LiveSocket } from "./live_socket.js";
import { StatusStore } from "./status_store.js";
import { t } from "./texts.js";
import { Wall } from "./wall.js";

const store = new StatusStore();
const socket = new LiveSocket();
const place = document.getElementById("main");
let screen = null;

/** "#/camera/ID/DAY" or the wall. */
function open_screen() {
  const [, name, id, day] = location.hash.split("/");
  screen?.close();
  document.title = t("brand");
  document.getElementById("skip").textContent = t("skip");
  if (name === "camera" && id) screen = new CameraView(store, socket, place, decodeURIComponent(id), day ?? "");
  else screen = new Wall(store, socket, place);
}

function draw_banner() {
  const banner = document.getElementById("banner");
  const text = !store.silent_since
    ? ""
    : store.offline
      ? t("offline", { time: clock_time(store.silent_since) })
      : t("trouble");
  document.body.classList.toggle("silent", store.silent_since > 0);
  if (banner.dataset.text === text) return;
  banner.dataset.text = text;
  const kind = store.offline ? "banner" : "banner warn";
  banner.replaceChildren(...(text ? [el("div", { class: kind }, icon("warn"), el("span", { text }))] : []));
}

function show_keys() {
  const dialog = document.getElementById("keys");
  const rows = [["/", "key_search"], ["← ↑ → ↓", "key_move"], ["Enter", "key_open"], ["Esc", "key_back"], ["?", "key_help"]];
  dialog.replaceChildren(
    el("h2", { text: t("keys") }),
    el("dl", { class: "pairs" }, ...rows.flatMap(([key, text]) => [el("dt", {}, el("kbd", { text: key })), el("dd", { text: t(text) })])),
    el("p", {}, el("button", { class: "button", type: "button", text: t("close"), on: { click: () => dialog.close() } })),
  );
  dialog.showModal();
}

function on_key(event) {
  const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLVideoElement;
  if (event.ctrlKey || event.altKey || event.metaKey || document.getElementById("keys").open) return;
  if (event.key === "Escape") {
    if (typing) event.target.blur();
    else if (location.hash.startsWith("#/camera")) location.hash = "#/";
    return;
  }
  if (typing) return;
  if (event.key === "?") show_keys();
  else if (event.key === "/" && screen instanceof Wall) screen.focus_search();
  else if (event.key.startsWith("Arrow") && screen instanceof Wall) screen.move(event.key);
  else return;
  event.preventDefault();
}

document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  place.focus();
});
const header = new Header(store, open_screen, show_keys);
store.listen(draw_banner);
window.addEventListener("hashchange", open_screen);
window.addEventListener("keydown", on_key);
document.addEventListener("visibilitychange", () => screen?.page_hidden(document.hidden));
matchMedia("(prefers-color-scheme: light)").addEventListener("change", () => header.draw_words());
open_screen();
store.start();
