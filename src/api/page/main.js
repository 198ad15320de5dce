// Puts the page together: who is here, header, banner, the screen that the address names, keys.
import { CameraView } from "./camera_view.js";
import { Door } from "./door.js";
import { el, icon } from "./dom.js";
import { clock_time } from "./format.js";
import { Header } from "./header.js";
import { LiveSocket } from "./live_socket.js";
import { LockScreen, watch_for_nobody } from "./lock_screen.js";
import { Session } from "./session.js";
import { StatusStore } from "./status_store.js";
import { t } from "./texts.js";
import { Wall } from "./wall.js";

const session = new Session();
const store = new StatusStore();
const socket = new LiveSocket();
const place = document.getElementById("main");
const lock_screen = new LockScreen(session);
let screen = null;
let shown = "";

/** "#/camera/ID/DAY" or the wall; before them what the session needs first. A locked screen shows only the wall. */
function open_screen(again = false) {
  const inside = session.state === "in";
  const [, name, id, day] = session.locked ? [] : location.hash.split("/");
  const wanted = !inside ? session.state : name === "camera" && id ? location.hash : "wall";
  if (wanted === shown && !again) return;
  shown = wanted;
  screen?.close();
  screen = null;
  document.title = t("brand");
  document.getElementById("skip").textContent = t("skip");
  place.replaceChildren();
  if (wanted === "asking") return;
  if (!inside) screen = new Door(session, place);
  else if (wanted === "wall") screen = new Wall(store, socket, place);
  else screen = new CameraView(store, socket, session, place, decodeURIComponent(id), day ?? "");
}

/** Somebody came, left, or their screen was locked. The address stays: whoever comes back is where they were. */
function session_changed() {
  const inside = session.state === "in";
  socket.allowed = session.may("live_view");
  document.body.classList.toggle("outside", !inside);
  document.body.classList.toggle("locked", inside && session.locked);
  if (!inside || session.locked) for (const id of ["keys", "purpose"]) document.getElementById(id).close();
  open_screen(session.state === "login" && session.ended);
  store.run(inside);
  header.draw_words();
  lock_screen.draw();
}

function words_changed() {
  open_screen(true);
  lock_screen.draw();
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
  const rows = [["/", "key_search"], ["← ↑ → ↓", "key_move"], ["Enter", "key_open"], ["Esc", "key_back"], ["L", "key_lock"], ["?", "key_help"]];
  dialog.replaceChildren(
    el("h2", { text: t("keys") }),
    el("dl", { class: "pairs" }, ...rows.flatMap(([key, text]) => [el("dt", {}, el("kbd", { text: key })), el("dd", { text: t(text) })])),
    el("p", {}, el("button", { class: "button", type: "button", text: t("close"), on: { click: () => dialog.close() } })),
  );
  dialog.showModal();
}

function on_key(event) {
  const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLVideoElement;
  if (event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
  if (session.state !== "in" || session.locked) return;
  if (event.key === "Escape") {
    if (typing) event.target.blur();
    else if (location.hash.startsWith("#/camera")) location.hash = "#/";
    return;
  }
  if (typing) return;
  if (event.key === "?") show_keys();
  else if (event.key === "l" || event.key === "L") session.lock();
  else if (event.key === "/" && screen instanceof Wall) screen.focus_search();
  else if (event.key.startsWith("Arrow") && screen instanceof Wall) screen.move(event.key);
  else return;
  event.preventDefault();
}

document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  place.focus();
});
const header = new Header(store, session, words_changed, show_keys);
store.listen(draw_banner);
session.listen(session_changed);
window.addEventListener("hashchange", () => open_screen());
window.addEventListener("keydown", on_key);
document.addEventListener("visibilitychange", () => screen?.page_hidden(document.hidden));
matchMedia("(prefers-color-scheme: light)").addEventListener("change", () => header.draw_words());
watch_for_nobody(session);
session.refresh();
