// The live picture of one camera. It is either moving, or greyed with the reason and since when: never a frozen
// picture that looks alive.
import { snapshot } from "./api_client.js";
import { el, icon, set_text } from "./dom.js";
import { clock_time } from "./format.js";
import { MediaPlayer, can_play } from "./media_player.js";
import { known, t } from "./texts.js";

const kStaleMs = 3000;
const kSnapshotMs = 2000;
const kRefusedMs = 60 * 1000; // between two tries at what is not allowed: hours of an agreement may begin
const kRefusals = new Set(["not_allowed", "not_there", "not_agreed"]);

export class LiveTile {
  #socket;
  #camera;
  #tile = -1;
  #mode = "off"; // off, video, still
  #player;
  #video = el("video", { muted: true, playsinline: true, "aria-hidden": "true", tabindex: "-1" });
  #image = el("img", { alt: "", hidden: true });
  #veil = el("span", { class: "veil" });
  #clock = el("span", { class: "clock", hidden: true });
  #still = el("span", { class: "still", hidden: true });
  #alive_at = -Infinity; // performance.now() of the newest picture
  #lost_at = 0; // Date.now() when it stopped
  #reason = "";
  #retry_ms = 1000;
  #timers = new Set();
  #asking = false;
  #still_after = 0; // performance.now(): no still is asked for before
  #fresh = true; // the next init segment belongs to a new subscription
  #visible = false;
  #hidden_page = false;

  /** `place` gets the picture; `camera` is what tile_view() gives. */
  constructor(socket, place, camera) {
    this.#socket = socket;
    this.#camera = camera;
    this.#video.muted = true;
    this.#player = new MediaPlayer(this.#video);
    place.classList.add("picture");
    place.append(this.#video, this.#image, this.#veil, this.#clock, this.#still);
    this.place = place;
    this.#draw();
  }

  /** What the status says of the camera now. */
  update(camera) {
    const role_changed = camera.role !== this.#camera.role;
    this.#camera = camera;
    if (role_changed && this.#mode === "video") {
      this.hide();
      this.show();
    }
  }

  show() {
    if (this.#visible) return;
    this.#visible = true;
    this.#alive_at = -Infinity;
    this.#lost_at = 0;
    this.#mode = "video";
    this.#subscribe();
    this.#every(250, () => this.#draw());
  }

  hide() {
    if (!this.#visible) return;
    this.#visible = false;
    this.#mode = "off";
    this.#unsubscribe();
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers.clear();
    this.#player.stop();
    this.#image.hidden = true;
    this.#alive_at = -Infinity;
    this.#draw();
  }

  /** The whole page went to the background, or came back. */
  page_hidden(hidden) {
    this.#hidden_page = hidden;
    if (!this.#visible || this.#tile < 0) return;
    if (hidden) this.#socket.pause(this.#tile);
    else this.#socket.resume(this.#tile);
  }

  on_link(connected) {
    this.#fresh = true;
    this.#reason = connected ? "" : "recorder_gone";
  }

  on_init(message) {
    if (!can_play(message.mime)) {
      this.#begin_stills();
      return;
    }
    this.#retry_ms = 1000;
    this.#reason = "";
    this.#player.init(message.mime, this.#fresh);
    this.#fresh = false;
  }

  on_bytes(kind, bytes) {
    if (this.#mode === "video") this.#player.push(bytes.slice());
  }

  on_ended(reason) {
    this.#tile = -1;
    if (reason === "unsupported_codec") {
      this.#begin_stills();
      return;
    }
    this.#reason = reason;
    if (reason === "not_allowed") this.#forget_picture();
    const wait_ms = reason === "not_allowed" ? kRefusedMs : this.#retry_ms;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (this.#visible && this.#mode === "video" && this.#tile < 0) this.#subscribe();
    }, wait_ms);
    this.#timers.add(timer);
    this.#retry_ms = Math.min(this.#retry_ms * 2, 8000);
  }

  /** What may not be seen any more does not stay on the screen, not even greyed. */
  #forget_picture() {
    this.#player.stop();
    this.#image.hidden = true;
    this.#alive_at = -Infinity;
    this.#lost_at = 0;
  }

  #subscribe() {
    this.#fresh = true;
    if (!this.#socket.allowed) {
      this.#reason = "not_allowed";
      return;
    }
    this.#tile = this.#socket.subscribe(this.#camera.id, this.#camera.role, this);
    if (this.#tile < 0) this.#begin_stills();
  }

  #unsubscribe() {
    if (this.#tile >= 0) this.#socket.unsubscribe(this.#tile);
    this.#tile = -1;
  }

  #every(ms, work) {
    this.#timers.add(setInterval(work, ms));
  }

  /** H.265 in a browser without it: a still picture every two seconds, and it says so. */
  #begin_stills() {
    this.#unsubscribe();
    this.#player.stop();
    this.#mode = "still";
    this.#reason = "";
    this.#ask_for_still();
    this.#every(kSnapshotMs, () => this.#ask_for_still());
  }

  async #ask_for_still() {
    if (this.#asking || this.#hidden_page || this.#mode !== "still" || performance.now() < this.#still_after) return;
    this.#asking = true;
    const picture = await snapshot(this.#camera.id);
    this.#asking = false;
    if (this.#mode !== "still") return;
    if (!picture.ok) {
      if (kRefusals.has(picture.code)) this.#refuse_stills();
      return;
    }
    const old = this.#image.src;
    this.#image.src = URL.createObjectURL(picture.blob);
    this.#image.hidden = false;
    this.#reason = "";
    if (old) URL.revokeObjectURL(old);
    this.#alive_at = performance.now() - picture.age_ms;
  }

  #refuse_stills() {
    this.#reason = "not_allowed";
    this.#forget_picture();
    this.#still_after = performance.now() + kRefusedMs;
  }

  #draw() {
    if (this.#mode === "video") {
      this.#player.tick();
      this.#alive_at = Math.max(this.#alive_at, this.#player.shown_at);
    }
    if (this.#hidden_page) return;
    // A still picture is taken from key frames, so it may be one group of pictures old besides the two seconds.
    const patience = this.#mode === "still" ? kStaleMs + kSnapshotMs + 1000 * this.#camera.gop_s : kStaleMs;
    const had_picture = this.#alive_at > -Infinity;
    const alive = had_picture && performance.now() - this.#alive_at <= patience;
    if (alive) this.#lost_at = 0;
    else if (had_picture && !this.#lost_at) this.#lost_at = Date.now() - (performance.now() - this.#alive_at);
    this.place.classList.toggle("stale", !alive);
    this.#clock.hidden = !alive;
    this.#still.hidden = this.#mode !== "still" || !alive;
    if (!this.#still.hidden) set_text(this.#still, t("still"));
    if (alive) {
      const shown = this.#mode === "still" ? Date.now() - (performance.now() - this.#alive_at) : Date.now();
      set_text(this.#clock, clock_time(shown));
    }
    this.#draw_veil(alive, had_picture);
  }

  #draw_veil(alive, had_picture) {
    this.#veil.hidden = alive || this.#mode === "off";
    if (this.#veil.hidden) return;
    const { kind, headline, why } = this.#absence(had_picture);
    const text = `${headline}\n${why}`;
    if (this.#veil.dataset.text === text) return;
    this.#veil.dataset.text = text;
    this.#veil.dataset.kind = kind;
    this.#veil.replaceChildren(icon(kind), el("strong", { text: headline }), el("span", { text: why }));
  }

  /** Why there is no picture. Only the camera's state tells of a lost signal; a slow browser or link is none. */
  #absence(had_picture) {
    if (this.#camera.idle) return { kind: "idle", headline: t("state_idle"), why: "" };
    if (this.#reason === "not_allowed") return { kind: "lock", headline: t("no_permission"), why: t("reason_not_allowed") };
    const reason = this.#reason || this.#camera.reason;
    const lost = this.#camera.troubled || (reason !== "" && reason !== "recorder_gone");
    const time = this.#lost_at || (this.#camera.troubled ? this.#camera.since_ms : 0);
    const since = lost ? "lost_since" : "still_since";
    const headline = time ? t(since, { time: clock_time(time) }) : reason ? t("no_picture") : t("connecting");
    const why = reason || had_picture ? known("reason_", reason || "none", "reason_none") : "";
    return { kind: lost ? "bad" : reason || had_picture ? "warn" : "live", headline, why };
  }
}
