// A rectangle on the picture, drawn with the pointer or moved with the keys: arrows move it, with Shift they resize it,
// Enter takes it, Escape closes it.
import { el, set_text } from "./dom.js";
import { t } from "./texts.js";

const kCell = { x: 1 / 32, y: 1 / 18 }; // of the grid that is searched
const kMoves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const percent = (value) => String(Math.round(100 * value));

export class RegionPicker {
  #picture_box;
  #choose;
  #close;
  #start = null; // where the pointer went down
  #region = { x: 12 * kCell.x, y: 6 * kCell.y, w: 8 * kCell.x, h: 6 * kCell.y };
  #resize;

  /** `picture_box()` is where the picture lies on `stage`, in fractions of it; `choose(region)`, `close()`. */
  constructor(stage, picture_box, choose, close) {
    this.#picture_box = picture_box;
    this.#choose = choose;
    this.#close = close;
    this.spoken = el("span", { class: "region-words", role: "status" });
    this.box = el("div", {
      class: "region-box",
      role: "group",
      tabindex: "0",
      "aria-label": t("region_box"),
      on: { keydown: (event) => this.#key(event) },
    });
    this.layer = el(
      "div",
      {
        class: "region-layer",
        on: {
          pointerdown: (event) => this.#down(event),
          pointermove: (event) => this.#moved(event),
          pointerup: (event) => this.#up(event),
          pointercancel: () => (this.#start = null),
        },
      },
      this.box,
      this.spoken,
    );
    stage.append(this.layer);
    this.#resize = new ResizeObserver(() => this.#draw());
    this.#resize.observe(stage);
    this.box.focus({ preventScroll: true });
  }

  close() {
    this.#resize.disconnect();
    this.layer.remove();
  }

  get region() {
    return this.#region;
  }

  #point(event) {
    const stage = this.layer.getBoundingClientRect();
    const picture = this.#picture_box();
    const x = ((event.clientX - stage.left) / stage.width - picture.x) / picture.w;
    const y = ((event.clientY - stage.top) / stage.height - picture.y) / picture.h;
    return { x: clamp(x, 0, 1), y: clamp(y, 0, 1) };
  }

  #down(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.layer.setPointerCapture(event.pointerId);
    this.#start = this.#point(event);
  }

  #moved(event) {
    if (!this.#start) return;
    const now = this.#point(event);
    const x = Math.min(this.#start.x, now.x);
    const y = Math.min(this.#start.y, now.y);
    this.#set({ x, y, w: Math.abs(now.x - this.#start.x), h: Math.abs(now.y - this.#start.y) });
  }

  #up(event) {
    if (!this.#start) return;
    this.#moved(event);
    this.#start = null;
    this.#choose(this.#region);
  }

  #key(event) {
    const move = kMoves[event.key];
    const { x, y, w, h } = this.#region;
    if (move) {
      const [dx, dy] = [move[0] * kCell.x, move[1] * kCell.y];
      if (event.shiftKey) this.#set({ x, y, w: clamp(w + dx, kCell.x, 1 - x), h: clamp(h + dy, kCell.y, 1 - y) });
      else this.#set({ x: clamp(x + dx, 0, 1 - w), y: clamp(y + dy, 0, 1 - h), w, h });
    } else if (event.key === "Enter") this.#choose(this.#region);
    else if (event.key === "Escape") this.#close();
    else return;
    event.preventDefault();
    event.stopPropagation(); // Escape would otherwise leave the camera
  }

  /** At least a cell, and inside the picture. */
  #set({ x, y, w, h }) {
    const width = Math.max(w, kCell.x);
    const height = Math.max(h, kCell.y);
    this.#region = { x: clamp(x, 0, 1 - width), y: clamp(y, 0, 1 - height), w: width, h: height };
    this.#draw();
  }

  #draw() {
    const picture = this.#picture_box();
    const { x, y, w, h } = this.#region;
    this.box.style.left = `${100 * (picture.x + x * picture.w)}%`;
    this.box.style.top = `${100 * (picture.y + y * picture.h)}%`;
    this.box.style.width = `${100 * w * picture.w}%`;
    this.box.style.height = `${100 * h * picture.h}%`;
    const words = { left: percent(x), top: percent(y), width: percent(w), height: percent(h) };
    set_text(this.spoken, t("region_words", words));
  }
}
