// Drives the status page of a running service in Chromium, the way a person would: waits for a live picture that moves,
// opens a camera's day, plays a clip, and looks at it in both sizes. Exit code 0 when everything was seen.
//   node status_page.mjs --url http://127.0.0.1:8080/ --out DIR [--cameras N] [--no-clips] [--chromium PATH]
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";

const { values: options } = parseArgs({
  options: {
    url: { type: "string" },
    out: { type: "string", default: "." },
    cameras: { type: "string", default: "1" },
    "no-clips": { type: "boolean", default: false },
    chromium: { type: "string", default: "/usr/bin/chromium" },
  },
});
if (!options.url) {
  console.error("usage: node status_page.mjs --url URL --out DIR [--cameras N] [--no-clips]");
  process.exit(2);
}
mkdirSync(options.out, { recursive: true });

const kFlags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const kSizes = [
  { name: "1920x1080", width: 1920, height: 1080, scheme: "dark", language: "vi" },
  { name: "390x844", width: 390, height: 844, scheme: "light", language: "en" },
];
const failures = [];
const check = (ok, what) => {
  console.log(`${ok ? "ok  " : "FAIL"} ${what}`);
  if (!ok) failures.push(what);
};

/** Polls in the page until the function is true; false after the patience. */
async function becomes(page, ask, argument, patience_ms = 30_000) {
  return page.waitForFunction(ask, argument, { timeout: patience_ms, polling: 200 }).then(
    () => true,
    () => false,
  );
}

/** A video's own clock passes `seconds` beyond where it is now. */
async function advances(page, selector, seconds, patience_ms) {
  const before = await page.evaluate((s) => document.querySelector(s)?.currentTime ?? -1, selector);
  return becomes(page, ([s, least]) => (document.querySelector(s)?.currentTime ?? -1) > least, [selector, before + seconds], patience_ms);
}

/** The picture itself changes: its pixels, not only its clock. */
async function moves(page, selector) {
  const pixels = () =>
    page.evaluate((s) => {
      const video = document.querySelector(s);
      const canvas = document.createElement("canvas");
      canvas.width = 64;
      canvas.height = 36;
      const context = canvas.getContext("2d");
      context.drawImage(video, 0, 0, 64, 36);
      return [...context.getImageData(0, 0, 64, 36).data];
    }, selector);
  const first = await pixels();
  for (let tries = 0; tries < 40; tries += 1) {
    await page.waitForTimeout(250);
    const next = await pixels();
    if (next.some((value, i) => Math.abs(value - first[i]) > 12)) return true;
  }
  return false;
}

async function look(size) {
  const profile = mkdtempSync(join(tmpdir(), "vonggac-e2e-"));
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath: options.chromium,
    headless: true,
    args: kFlags,
    viewport: { width: size.width, height: size.height },
    colorScheme: size.scheme,
    locale: size.language === "vi" ? "vi-VN" : "en-GB",
  });
  try {
    const page = await browser.newPage();
    const own = new URL(options.url).host;
    const foreign = [];
    const complaints = [];
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (url.protocol !== "blob:" && url.protocol !== "data:" && url.host !== own) foreign.push(request.url());
    });
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.addInitScript((language) => localStorage.setItem("vonggac.language", language), size.language);
    await page.goto(options.url);

    const live = ".card .picture:not(.stale) video";
    const cards = Number(options.cameras);
    check(await becomes(page, (n) => document.querySelectorAll(".card").length >= n, cards), `${size.name}: ${cards} camera cards`);
    check(await becomes(page, (s) => document.querySelector(s)?.currentTime > 0, live, 60_000), `${size.name}: a live picture`);
    check(await advances(page, live, 2, 15_000), `${size.name}: the live picture's clock runs`);
    if (size.width > 1000) check(await moves(page, live), `${size.name}: the live picture moves`);
    // A camera's picture is asked for while its card is in view, so on a telephone one scrolls to it.
    const veils = async (word) => {
      for (const card of await page.$$(".card")) {
        await card.scrollIntoViewIfNeeded();
        const told = (w) => [...document.querySelectorAll(".card .veil:not([hidden])")].some((v) => v.textContent.includes(w));
        if (await becomes(page, told, word, 6_000)) return true;
      }
      return false;
    };
    const [lost, paused] = size.language === "vi" ? ["Mất tín hiệu từ", "Tạm dừng"] : ["No signal since", "Paused"];
    check(await veils(lost), `${size.name}: a dead camera says since when, in the picture's place`);
    check(await veils(paused), `${size.name}: a paused camera says so and does not pretend to open`);
    await sees_alarms_and_tampers(page, size);
    await page.evaluate(() => window.scrollTo(0, 0));
    await becomes(page, (s) => document.querySelector(s)?.currentTime > 0, live, 30_000);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
    check(!wide, `${size.name}: nothing is cut off at the side`);
    await page.screenshot({ path: join(options.out, `wall-${size.name}.png`) });

    await page.evaluate((s) => document.querySelector(s).closest(".card").querySelector("a.cover").click(), live);
    check(await becomes(page, () => document.querySelector(".camera h1")?.textContent.length > 0), `${size.name}: the camera's page`);
    if (!options["no-clips"]) await play_a_clip(page, size);
    await search_a_region(page, size);
    await page.screenshot({ path: join(options.out, `camera-${size.name}.png`) });

    check(foreign.length === 0, `${size.name}: no request to another host ${foreign.slice(0, 3).join(" ")}`);
    check(complaints.length === 0, `${size.name}: no complaint in the console ${complaints.slice(0, 3).join(" | ")}`);
  } finally {
    await browser.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

/** What is wrong with a camera, and what came into a watch zone, is said in a word with an icon beside it. */
async function sees_alarms_and_tampers(page, size) {
  const [black, alarm] = size.language === "vi" ? ["Hình đen", "Báo động: lòng đường"] : ["Black", "Alarm: lòng đường"];
  const marked = ([name, words]) =>
    [...document.querySelectorAll(`.card .mark.${name}`)].some((mark) => mark.textContent.trim() === words && mark.querySelector("svg"));
  check(await becomes(page, marked, ["tamper", black]), `${size.name}: the black camera says so`);
  check(await becomes(page, marked, ["alarm", alarm], 60_000), `${size.name}: the alarm names its zone`);
  await page.screenshot({ path: join(options.out, `alarms-${size.name}.png`), fullPage: true });
  const of = async (selector) => page.evaluate((s) => document.querySelector(s).closest(".card").querySelector("a.cover").hash, selector);
  const [quiet, loud] = [await of(".card .mark.tamper"), await of(".card .mark.alarm")];
  await page.evaluate((hash) => (location.hash = hash), quiet);
  await page.locator(".tabs .button").nth(3).click();
  const listed = await becomes(page, (words) => [...document.querySelectorAll(".rows .entry")].some((e) => e.textContent.includes(words)), black);
  check(listed, `${size.name}: the camera's page lists since when`);
  await page.screenshot({ path: join(options.out, `tamper-${size.name}.png`) });
  await page.evaluate((hash) => (location.hash = hash), loud);
  const told = await becomes(page, (words) => document.querySelector(".rows .entry.alarm")?.textContent.includes(words), alarm);
  check(told, `${size.name}: the event carries its alarm`);
  await page.screenshot({ path: join(options.out, `alarm-${size.name}.png`) });
  await page.evaluate(() => (location.hash = "#/"));
  await becomes(page, () => document.querySelectorAll(".card").length > 0, null);
}

async function play_a_clip(page, size) {
  await page.locator(".tabs .button").nth(1).click();
  check(await becomes(page, () => document.querySelectorAll("button.entry").length > 0, null, 60_000), `${size.name}: clips are listed`);
  await page.locator("button.entry").first().click();
  check(await advances(page, "video.playback", 1, 30_000), `${size.name}: a clip plays`);
  const href = await page.locator('a[download]').getAttribute("href");
  const part = await page.request.get(new URL(href, options.url).href, { headers: { Range: "bytes=4-7" } });
  check(part.status() === 206 && (await part.text()) === "ftyp", `${size.name}: the download answers a range`);
}

/** With the keys alone on the small page, with the pointer on the large one. */
async function search_a_region(page, size) {
  const open = page.locator(".region-search > button");
  await open.scrollIntoViewIfNeeded();
  await open.focus();
  await page.keyboard.press("Enter");
  check(await becomes(page, () => document.activeElement?.className === "region-box"), `${size.name}: the region has the focus`);
  const asked = page.waitForResponse((response) => response.url().includes("/api/v1/search?"), { timeout: 15_000 });
  if (size.width > 1000) {
    const box = await page.locator(".region-layer").boundingBox();
    await page.mouse.move(box.x + 0.05 * box.width, box.y + 0.05 * box.height);
    await page.mouse.down();
    await page.mouse.move(box.x + 0.95 * box.width, box.y + 0.95 * box.height, { steps: 4 });
    await page.mouse.up();
  } else {
    for (let i = 0; i < 12; i += 1) await page.keyboard.press("ArrowLeft");
    for (let i = 0; i < 12; i += 1) await page.keyboard.press("ArrowUp");
    for (let i = 0; i < 32; i += 1) await page.keyboard.press("Shift+ArrowRight");
    for (let i = 0; i < 18; i += 1) await page.keyboard.press("Shift+ArrowDown");
    await page.keyboard.press("Enter");
  }
  const answer = await asked.catch(() => null);
  check(answer?.status() === 200, `${size.name}: a region is searched`);
  const region = new URL(answer?.url() ?? "http://x/").searchParams.get("region")?.split(",").map(Number) ?? [];
  check(region.length === 4 && region[2] > 0.8 && region[3] > 0.8, `${size.name}: the region is the one that was marked (${region})`);
  const found = (await answer?.json().catch(() => null))?.hits ?? [];
  const listed = await becomes(page, (n) => document.querySelectorAll(".rows .entry").length === n, found.length, 10_000);
  check(listed, `${size.name}: its ${found.length} hits are listed`);
  if (found.length > 0 && found[0].footage) {
    await page.locator(".rows .entry").first().focus();
    await page.keyboard.press("Enter");
    check(await advances(page, "video.playback", 0.5, 30_000), `${size.name}: a hit plays`);
  }
  await page.screenshot({ path: join(options.out, `region-${size.name}.png`) });
  await page.locator(".region-box").focus();
  await page.keyboard.press("Escape");
  const closed = await becomes(page, () => !document.querySelector(".region-box") && location.hash.startsWith("#/camera"), null, 5000);
  check(closed, `${size.name}: Escape closes the region, not the camera`);
}

for (const size of kSizes) await look(size);
console.log(failures.length === 0 ? "status page: all seen" : `status page: ${failures.length} failed`);
process.exit(failures.length === 0 ? 0 : 1);
