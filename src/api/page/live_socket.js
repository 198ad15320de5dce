// One WebSocket for all live tiles of the page. It reconnects by itself and subscribes again.
// A receiver has on_init(message), on_bytes(kind, bytes), on_ended(reason) and on_link(connected).
const kInit = 1;
const kFragment = 2;

export class LiveSocket {
  #socket = null;
  #receivers = new Map(); // tile -> {camera, role, receiver, paused}
  #next_tile = 0;
  #wait_ms = 500;
  #timer = 0;
  allowed = false; // whether whoever is here may watch live at all

  /** Returns the tile number to unsubscribe with, or -1 when all 64 are taken. */
  subscribe(camera, role, receiver) {
    if (this.#receivers.size >= 64) return -1;
    do this.#next_tile = (this.#next_tile + 1) % 256;
    while (this.#receivers.has(this.#next_tile));
    const tile = this.#next_tile;
    this.#receivers.set(tile, { camera, role, receiver });
    this.#open();
    this.#send({ op: "subscribe", tile, camera, role });
    return tile;
  }

  unsubscribe(tile) {
    if (!this.#receivers.delete(tile)) return;
    this.#send({ op: "unsubscribe", tile });
    if (this.#receivers.size === 0) this.#close();
  }

  pause(tile) {
    this.#send({ op: "pause", tile });
  }

  resume(tile) {
    this.#send({ op: "resume", tile });
  }

  #send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #open() {
    if (this.#socket || this.#timer) return;
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/v1/live`);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.#wait_ms = 500;
      for (const [tile, { camera, role, receiver }] of this.#receivers) {
        this.#send({ op: "subscribe", tile, camera, role });
        receiver.on_link(true);
      }
    };
    socket.onmessage = (event) => this.#take(event.data);
    socket.onclose = () => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      for (const { receiver } of this.#receivers.values()) receiver.on_link(false);
      if (this.#receivers.size === 0) return;
      this.#timer = setTimeout(() => {
        this.#timer = 0;
        if (this.#receivers.size > 0) this.#open();
      }, this.#wait_ms);
      this.#wait_ms = Math.min(this.#wait_ms * 2, 8000);
    };
    this.#socket = socket;
  }

  #close() {
    const socket = this.#socket;
    this.#socket = null;
    clearTimeout(this.#timer);
    this.#timer = 0;
    // Closed while it is being opened, a browser complains as if something had gone wrong.
    if (socket?.readyState === WebSocket.CONNECTING) socket.onopen = () => socket.close();
    else socket?.close();
  }

  #take(data) {
    if (typeof data === "string") {
      const message = JSON.parse(data);
      const entry = this.#receivers.get(message.tile);
      if (!entry) return;
      if (message.type === "init" && message.camera === entry.camera) entry.receiver.on_init(message);
      if (message.type === "ended") {
        this.#receivers.delete(message.tile); // or the number would never be free again
        entry.receiver.on_ended(message.reason);
      }
      return;
    }
    const bytes = new Uint8Array(data);
    const entry = this.#receivers.get(bytes[1]);
    if (entry && (bytes[0] === kInit || bytes[0] === kFragment)) entry.receiver.on_bytes(bytes[0], bytes.subarray(2));
  }
}
