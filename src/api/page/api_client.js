// The HTTP interface as the page uses it: {ok: true, data} or {ok: false, aborted, status, code, sentence, problems}.
const kPatienceMs = 8000;

// Answers that concern the whole page, not the one who asked: out, locked, or something to put right first.
const kOfThePage = new Set(["login_needed", "locked", "password_must_change", "second_factor_must_be_set"]);
let tell_refusal = () => {};

/** `listener(code)` when an answer says that the page as a whole must change. */
export const on_refusal = (listener) => (tell_refusal = listener);

async function problem_of(response) {
  const problem = await response.json().catch(() => ({}));
  if (kOfThePage.has(problem.code)) tell_refusal(problem.code);
  const { code = "", sentence = null, problems = [] } = problem;
  return { ok: false, aborted: false, status: response.status, code, sentence, problems };
}

async function ask(path, init = {}, signal = undefined) {
  try {
    const signals = [AbortSignal.timeout(kPatienceMs)];
    if (signal) signals.push(signal);
    const response = await fetch(path, { signal: AbortSignal.any(signals), cache: "no-store", ...init });
    if (!response.ok) return await problem_of(response);
    return { ok: true, data: response.status === 204 ? null : await response.json() };
  } catch {
    return { ok: false, aborted: Boolean(signal?.aborted), status: 0, code: "", sentence: null, problems: [] };
  }
}

const post = (path, body = {}) =>
  ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

export const me = () => ask("/api/v1/me");
export const setup_state = () => ask("/api/v1/setup");
export const set_up = (form) => post("/api/v1/setup", form);
export const log_in = (form) => post("/api/v1/login", form);
export const log_out = () => post("/api/v1/logout");
export const lock = () => post("/api/v1/me/lock");
export const unlock = (password) => post("/api/v1/me/unlock", { password });
export const change_password = (old, password) => post("/api/v1/me/password", { old, password });
export const new_second_factor = (password) => post("/api/v1/me/second-factor", { password });
export const confirm_second_factor = (sealed, code) => post("/api/v1/me/second-factor/confirm", { sealed, code });
export const state_purpose = (words) => post("/api/v1/purposes", { words });
/** Somebody is here, so the session is not locked. */
export const sign_of_life = () => post("/api/v1/me/seen");

export const status = () => ask("/api/v1/status");

function footage(kind, camera, from_ms, to_ms, signal) {
  const query = new URLSearchParams({
    camera,
    from: new Date(from_ms).toISOString(),
    to: new Date(to_ms).toISOString(),
    limit: "1000",
  });
  return ask(`/api/v1/${kind}?${query}`, {}, signal);
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
  return ask(`/api/v1/search?${query}`, {}, signal);
}

export const thumbnail_url = (event) => `/api/v1/events/${encodeURIComponent(event)}/thumbnail.jpg`;

export function clip_url(camera, from_ms, to_ms, purpose, download = false) {
  const query = new URLSearchParams({ from: new Date(from_ms).toISOString(), to: new Date(to_ms).toISOString(), purpose });
  if (download) query.set("download", "1");
  return `/api/v1/cameras/${encodeURIComponent(camera)}/clip.mp4?${query}`;
}

/** Why a clip was not given: {code, sentence}, or null where it is given. A <video> does not tell. */
export async function refusal_of(path) {
  try {
    const response = await fetch(path, { signal: AbortSignal.timeout(kPatienceMs), cache: "no-store", headers: { Range: "bytes=0-0" } });
    if (!response.ok) return await problem_of(response);
    await response.body?.cancel();
  } catch {
    // No answer at all: the banner tells.
  }
  return null;
}

/** The newest analysed picture: {ok, blob, age_ms}, or {ok: false, status}. */
export async function snapshot(camera) {
  try {
    const response = await fetch(`/api/v1/cameras/${encodeURIComponent(camera)}/snapshot.jpg`, {
      signal: AbortSignal.timeout(kPatienceMs),
      cache: "no-store",
    });
    if (!response.ok) return await problem_of(response);
    return { ok: true, blob: await response.blob(), age_ms: Number(response.headers.get("Vonggac-Age-Ms")) || 0 };
  } catch {
    return { ok: false, status: 0 };
  }
}
