// Times, sizes and lengths as people here read them. Local time is Asia/Ho_Chi_Minh: UTC+7 all year.
import { language, t } from "./texts.js";

const kOffsetMs = 7 * 3600 * 1000;
export const kDayMs = 24 * 3600 * 1000;

const two = (n) => String(n).padStart(2, "0");
const local = (ms) => new Date(ms + kOffsetMs);

/** "07:42:05" or, without seconds, "07:42". */
export function clock_time(ms, seconds = true) {
  const d = local(ms);
  return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}` + (seconds ? `:${two(d.getUTCSeconds())}` : "");
}

/** "19/08/2026". */
export function date(ms) {
  const d = local(ms);
  return `${two(d.getUTCDate())}/${two(d.getUTCMonth() + 1)}/${d.getUTCFullYear()}`;
}

/** "19/08/2026 07:30"; today only the time. */
export function moment(ms, now = Date.now()) {
  return day_of(ms) === day_of(now) ? clock_time(ms, false) : `${date(ms)} ${clock_time(ms, false)}`;
}

/** "2026-08-19", the local day. */
export function day_of(ms) {
  const d = local(ms);
  return `${d.getUTCFullYear()}-${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())}`;
}

/** When a local day begins; NaN for what is not a day. */
export function day_start(day) {
  return /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) - kOffsetMs : NaN;
}

/** "2 ngày 3 giờ": the two largest parts, or fewer. */
export function duration(ms, most = 2) {
  const total = Math.max(0, Math.round(ms / 1000));
  const parts = [
    ["days", Math.floor(total / 86400)],
    ["hours", Math.floor(total / 3600) % 24],
    ["minutes", Math.floor(total / 60) % 60],
    ["seconds", total % 60],
  ];
  const first = parts.findIndex(([, n]) => n > 0);
  if (first < 0) return t("seconds", { n: 0 });
  return parts
    .slice(first, first + most)
    .filter(([, n]) => n > 0)
    .map(([unit, n]) => t(unit, { n }))
    .join(" ");
}

/** "412 GB", in powers of 1000 like disks are sold. */
export function bytes(count) {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let value = Number(count) || 0;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = value < 10 && unit > 1 ? 1 : 0;
  return `${number(value, digits)} ${units[unit]}`;
}

export function number(value, digits = 0) {
  return new Intl.NumberFormat(language() === "en" ? "en-GB" : "vi-VN", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);
}

/** For search: without case and tone marks, đ as d. */
export function plain(text) {
  return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase();
}
