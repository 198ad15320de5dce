// The large picture of one camera: live, or a stretch of its footage.
import { clip_url, refusal_of } from "./api_client.js";
import { tile_view } from "./camera_state.js";
import { el, icon, set_text } from "./dom.js";
import { clock_time } from "./format.js";
import { words_of } from "./form.js";
import { LiveTile } from "./live_tile.js";
import { purpose_for } from "./purpose_dialog.js";
import { t } from "./texts.js";

export class Player {
  #session;
  #camera;
  #purpose = "";
  #asked = 0;
  #from_ms = 0;
  #to_ms = 0;
  #on_time;
  #on_end;

  /** `on_time(ms)` while footage plays (0: live); `on_end(ms)` when a stretch has been played to its end. */
  constructor(socket, session, camera, on_time, on_end) {
    this.#session = session;
    this.#camera = camera;
    this.#on_time = on_time;
    this.#on_end = on_end;
    this.live_place = el("div");
    this.tile = new LiveTile(socket, this.live_place, tile_view(camera));
    this.video = el("video", {
      class: "playback",
      controls: true,
      playsinline: true,
      preload: "metadata",
      hidden: true,
      on: {
        timeupdate: () => this.#tell_time(),
        ended: () => this.#on_end(this.#to_ms),
        error: () => this.#failed(),
      },
    });
    this.video.muted = true;
    this.what = el("span", { class: "what" });
    this.live_button = el("button", { class: "button", type: "button", on: { click: () => this.go_live() } });
    this.download = el("a", { class: "button", download: "" });
    this.trouble = el("p", { class: "trouble", role: "alert", hidden: true });
    this.stage = el("div", { class: "stage" }, this.live_place, this.video);
    this.element = el(
      "section",
      { class: "player" },
      this.stage,
      this.trouble,
      el("div", { class: "caption" }, this.what, this.live_button, this.download),
    );
    this.draw_words();
    this.go_live();
  }

  update(camera) {
    this.#camera = camera;
    this.tile.update(tile_view(camera));
  }

  draw_words() {
    this.live_button.replaceChildren(icon("live"), t("live"));
    this.download.replaceChildren(icon("download"), t("download"));
    this.#draw();
  }

  go_live() {
    this.#asked += 1;
    this.#from_ms = 0;
    this.video.pause();
    this.video.removeAttribute("src");
    this.video.load();
    this.tile.show();
    this.#on_time(0);
    this.#draw();
  }

  /** Asks first what it is for, once. False: the person thought better of it, and what was shown goes on. */
  async play(from_ms, to_ms) {
    const asked = (this.#asked += 1);
    const purpose = await purpose_for(this.#session);
    if (!purpose || asked !== this.#asked) return false;
    this.#purpose = purpose;
    this.#from_ms = from_ms;
    this.#to_ms = to_ms;
    this.tile.hide();
    this.video.src = clip_url(this.#camera.id, from_ms, to_ms, purpose);
    this.video.play().catch(() => {});
    this.#draw();
    this.#on_time(from_ms);
    return true;
  }

  /** Where the picture lies on the stage, in fractions of it: the rest is the black beside a picture of another shape. */
  picture_box() {
    const video = this.#from_ms === 0 ? this.live_place.querySelector("video") : this.video;
    const image = this.live_place.querySelector("img:not([hidden])");
    const width = (this.#from_ms === 0 && image?.naturalWidth) || video.videoWidth || 16;
    const height = (this.#from_ms === 0 && image?.naturalHeight) || video.videoHeight || 9;
    const stage = this.stage.getBoundingClientRect();
    const scale = Math.min(stage.width / width, stage.height / height);
    const w = (width * scale) / stage.width;
    const h = (height * scale) / stage.height;
    return { x: (1 - w) / 2, y: (1 - h) / 2, w, h };
  }

  /** `instead`: it stands where the picture would be. */
  say_trouble(text, instead = false) {
    set_text(this.trouble, text);
    this.trouble.hidden = text === "";
    this.trouble.classList.toggle("instead", instead);
  }

  close() {
    this.#asked += 1;
    this.tile.hide();
    this.video.removeAttribute("src");
    this.video.load();
  }

  #draw() {
    const live = this.#from_ms === 0;
    this.live_place.hidden = !live;
    this.video.hidden = live;
    this.live_button.setAttribute("aria-pressed", String(live));
    this.download.hidden = live || !this.#session.may("export_make");
    this.say_trouble("");
    if (live) {
      set_text(this.what, t("live_now"));
      return;
    }
    this.download.href = clip_url(this.#camera.id, this.#from_ms, this.#to_ms, this.#purpose, true);
    this.#tell_time();
  }

  #tell_time() {
    if (this.#from_ms === 0 || this.video.hidden) return;
    const now = this.#from_ms + 1000 * this.video.currentTime;
    set_text(this.what, `${t("playing")} ${clock_time(now)} · ${this.#span_words()}`);
    this.#on_time(now);
  }

  #span_words() {
    return `${clock_time(this.#from_ms)} – ${clock_time(this.#to_ms)}`;
  }

  /** 3: the bytes came but cannot be decoded; 4: refused at once, which H.265 without a decoder also is. */
  async #failed() {
    const src = this.video.getAttribute("src");
    if (this.#from_ms === 0 || !src) return;
    const asked = this.#asked;
    const refused = await refusal_of(src);
    if (asked !== this.#asked) return;
    if (refused?.code === "purpose_needed") {
      // It has ended meanwhile: ask again, and go on where the picture stood.
      this.#session.forget_purpose();
      await this.play(this.#from_ms + 1000 * this.video.currentTime, this.#to_ms);
      return;
    }
    const codec = (this.#camera.streams ?? []).find((stream) => stream.role === "main")?.codec;
    const h265 = codec === "h265" && this.video.canPlayType('video/mp4; codecs="hvc1.1.6.L120.B0"') === "";
    // An empty player would look as if it were still loading.
    this.video.hidden = true;
    set_text(this.what, this.#span_words());
    if (refused?.sentence && (refused.status === 403 || refused.status === 404)) {
      this.say_trouble(words_of(refused), true);
      return;
    }
    this.say_trouble(h265 ? t("cannot_play", { codec: "H.265" }) : t("play_failed"), true);
  }
}
