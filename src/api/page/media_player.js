// Feeds one <video> from live fragments through Media Source Extensions and keeps it near the newest picture.
const Source = globalThis.ManagedMediaSource ?? globalThis.MediaSource;

const kTargetS = 0.4; // behind the newest picture after a jump
const kTooFarS = 1.6; // then jump
const kKeepS = 12; // of what was shown
const kMaxWaiting = 300; // fragments that the browser did not take yet

export const can_play = (mime) => Boolean(Source?.isTypeSupported(mime));

export class MediaPlayer {
  #video;
  #source = null;
  #buffer = null;
  #mime = "";
  #waiting = [];
  #url = "";
  #shown_at = -Infinity;
  #last_time = -1;

  constructor(video) {
    this.#video = video;
  }

  /** When the shown picture last moved on (performance.now), -Infinity if it never did. */
  get shown_at() {
    return this.#shown_at;
  }

  /** New parameters: goes on in the same buffer where the browser can. `fresh`: a new subscription, its times begin at 0. */
  init(mime, fresh) {
    this.#mime = mime;
    if (fresh || !this.#source || this.#source.readyState === "ended" || this.#waiting.length > kMaxWaiting) this.#begin();
    if (!this.#buffer) return;
    try {
      this.#buffer.changeType(mime);
    } catch {
      this.#begin();
    }
  }

  push(bytes) {
    if (!this.#source) return;
    this.#waiting.push(bytes);
    this.#feed();
  }

  /** Call a few times a second. */
  tick() {
    const video = this.#video;
    if (!this.#buffer || this.#source.readyState !== "open" || video.buffered.length === 0) return;
    const last = video.buffered.length - 1;
    const end = video.buffered.end(last);
    const start = video.buffered.start(last);
    const behind = end - video.currentTime;
    if (video.currentTime < start || behind > kTooFarS) video.currentTime = Math.max(start, end - kTargetS);
    video.playbackRate = behind > 0.9 ? 1.1 : 1;
    if (video.paused) video.play().catch(() => {});
    if (video.currentTime !== this.#last_time && video.readyState >= 2) {
      this.#last_time = video.currentTime;
      this.#shown_at = performance.now();
    }
    if (!this.#buffer.updating && this.#waiting.length === 0 && video.buffered.start(0) < video.currentTime - kKeepS) {
      this.#buffer.remove(0, video.currentTime - kKeepS / 2);
    }
  }

  stop() {
    this.#waiting = [];
    this.#buffer = null;
    this.#source = null;
    this.#last_time = -1;
    this.#shown_at = -Infinity;
    this.#video.removeAttribute("src");
    this.#video.load();
    if (this.#url) URL.revokeObjectURL(this.#url);
    this.#url = "";
  }

  #begin() {
    this.stop();
    const source = new Source();
    this.#source = source;
    this.#video.disableRemotePlayback = true;
    source.addEventListener("sourceopen", () => {
      if (this.#source !== source || this.#buffer) return;
      this.#buffer = source.addSourceBuffer(this.#mime);
      this.#buffer.addEventListener("updateend", () => this.#feed());
      this.#feed();
    });
    this.#url = URL.createObjectURL(source);
    this.#video.src = this.#url;
  }

  #feed() {
    const buffer = this.#buffer;
    if (!buffer || buffer.updating || this.#waiting.length === 0 || this.#source.readyState !== "open") return;
    const all = this.#waiting.splice(0);
    const joined = new Uint8Array(all.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of all) {
      joined.set(part, at);
      at += part.length;
    }
    try {
      buffer.appendBuffer(joined);
    } catch {
      // Full or detached: the next key frame begins a new buffer.
      this.stop();
    }
  }
}
