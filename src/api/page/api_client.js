// The HTTP interface as the page uses it: {ok: true, data} or {ok: false, aborted, status}.
const kPatienceMs = 8000;

export async function get_json(path, signal = undefined) {
  try {
    const signals = [AbortSignal.timeout(kPatienceMs)];
    if (signal) signals.push(signal);
    const response = await fetch(path, { signal: AbortSignal.any(signals), cache: "no-store" });
    if (!response.ok) return { ok: false, aborted: false, status: response.status };
    return { ok: true, data: await response.json() };
  } catch {
    return { ok: false, aborted: Boolean(signal?.aborted), status: 0 };
  }
}

export const status = () => get_json("/api/v1/status");

function footage(kind, camera, from_ms, to_ms, signal) {
  const query = new URLSearchParams({
    camera,
    from: new Date(from_ms).toISOString(),
    to: new Date(to_ms).toISOString(),
    limit: "1000",
  });
  return get_json(`/api/v1/${kind}?${query}`, signal);
}
export const clips = (...wanted) => footage("clips", ...wanted);
export const events = (...wanted) => footage("events", ...wanted);
export const tampers = (...wanted) => footage("tampers", ...wanted);
export const gaps = (...wanted) => footage("gaps", ...wanted);

/** When something moved in a rectangle {x, y, w, h} of the picture (0 to 1), the newest first. */
export function search(camera, region, from_ms, to_ms, signal) {
  const numbers = [region.x, region.y, region.w, region.h].map((value) => Math.min(Math.max(value, 0), 1).toFixed(4));
  const query = new URLSearchParams({
    camera,
    region: numbers.join(","),
    from: new Date(from_ms).toISOString(),
    to: new Date(to_ms).toISOString(),
    limit: "200",
  });
  return get_json(`/api/v1/search?${query}`, signal);
}

export const thumbnail_url = (event) => `/api/v1/events/${encodeURIComponent(event)}/thumbnail.jpg`;

export function clip_url(camera, from_ms, to_ms, download = false) {
  const query = new URLSearchParams({ from: new Date(from_ms).toISOString(), to: new Date(to_ms).toISOString() });
  if (download) query.set("download", "1");
  return `/api/v1/cameras/${encodeURIComponent(camera)}/clip.mp4?${query}`;
}

/** The newest analysed picture: {ok, blob, age_ms} or {ok: false}. */
export async function snapshot(camera) {
  try {
    const response = await fetch(`/api/v1/cameras/${encodeURIComponent(camera)}/snapshot.jpg`, {
      signal: AbortSignal.timeout(kPatienceMs),
      cache: "no-store",
    });
    if (!response.ok) return { ok: false };
    return { ok: true, blob: await response.blob(), age_ms: Number(response.headers.get("Vonggac-Age-Ms")) || 0 };
  } catch {
    return { ok: false };
  }
}
