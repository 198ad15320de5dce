// From core's words to the five states that people see, and what a live tile needs to know.
const kStates = {
  recording: "ok",
  live: "ok",
  connecting: "warn",
  quarantined: "warn",
  backoff: "bad",
  no_media: "bad",
  auth_refused: "bad",
  unreachable: "bad",
  error: "bad",
  paused: "idle",
};

/** ok, warn, bad, idle or unset. A camera that does not show its view needs attention, however well it sends. */
export function state_of(camera) {
  const state = kStates[camera.state] ?? "unset";
  return state === "ok" && camera.tamper?.length > 0 ? "warn" : state;
}

const kTampers = ["covered", "defocused", "moved", "black", "frozen"];
/** The tamper states that this page has words for. */
export const tampers_of = (camera) => (camera.tamper ?? []).map((one) => one.kind).filter((kind) => kTampers.includes(kind));

/** The stream that a tile shows: the sub stream where there is one. */
export function tile_view(camera) {
  const streams = camera.streams ?? [];
  const shown = streams.find((stream) => stream.role === "sub") ?? streams[0];
  const ok = kStates[camera.state] === "ok";
  return {
    id: camera.id,
    role: shown?.role === "sub" ? "sub" : "main",
    gop_s: Math.min(Math.max(Number(shown?.gop_s) || 2, 1), 10),
    idle: state_of(camera) === "idle",
    troubled: state_of(camera) === "bad",
    reason: ok ? "" : camera.reason || "",
    since_ms: Date.parse(camera.since) || 0,
  };
}

/** The state of the whole service from the parts it is made of. */
export function service_state(status) {
  if (disk_state(status) === "bad") return "bad";
  const troubled = (status.processes ?? []).some((process) => process.quarantine);
  return troubled || status.disk?.age_deletion_frozen || status.wall_clock_state === "stepped" ? "warn" : "ok";
}

export function disk_state(status) {
  const state = status.disk?.state;
  if (state === "ok" || state === undefined) return "ok";
  return state === "stalled" ? "warn" : "bad";
}
