// Drives the status page of a running service in Chromium, the way a person would: waits for a live picture that moves,
// opens a camera's day, plays a clip, and looks at it in both sizes. Exit code 0 when everything was seen.
//   node status_page.mjs --url http://127.0.0.1:8080/ --out DIR --login LOGIN --password PASSWORD [--cameras N]
import { join } from "node:path";
import { parseArgs } from "node:util";
import { becomes, check, end, fits, kSizes, log_in, shows, with_page } from "./page_tools.mjs";

const { values: options } = parseArgs({
  options: {
    url: { type: "string" },
    out: { type: "string", default: "." },
    cameras: { type: "string", default: "1" },
    "no-clips": { type: "boolean", default: false },
    login: { type: "string" },
    password: { type: "string" },
  },
});
if (!options.url || !options.login) {
  console.error("usage: node status_page.mjs --url URL --out DIR --login LOGIN --password PASSWORD [--cameras N] [--no-clips]");
  process.exit(2);
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

async function look(page, size) {
  check(await shows(page, "h1", size.language === "vi" ? "Đăng nhập" : "Log in"), `${size.name}: the login form`);
  await page.screenshot({ path: join(options.out, `login-${size.name}.png`) });
  await log_in(page, options.login, options.password);

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
  await fits(page, `${size.name} wall`);
  await page.screenshot({ path: join(options.out, `wall-${size.name}.png`) });
  await lock_the_wall(page, size, live);

  await page.evaluate((s) => document.querySelector(s).closest(".card").querySelector("a.cover").click(), live);
  check(await becomes(page, () => document.querySelector(".camera h1")?.textContent.length > 0), `${size.name}: the camera's page`);
  if (!options["no-clips"]) await play_a_clip(page, size);
  await search_a_region(page, size);
  await page.screenshot({ path: join(options.out, `camera-${size.name}.png`) });
  await comes_back(page, size);
}

/** The wall goes on behind the lock, and nothing else does. */
async function lock_the_wall(page, size, live) {
  await page.locator(".who button").first().click();
  check(await shows(page, "#lock"), `${size.name}: the screen locks`);
  check(await advances(page, live, 2, 15_000), `${size.name}: live pictures go on behind the lock`);
  const refused = await page.evaluate(() => fetch("/api/v1/clips").then((answer) => answer.status));
  check(refused === 423, `${size.name}: recordings are refused while it is locked (${refused})`);
  await page.screenshot({ path: join(options.out, `locked-${size.name}.png`) });
  await page.locator("#lock input").fill(options.password);
  await page.keyboard.press("Enter");
  check(await becomes(page, () => !document.getElementById("lock").open), `${size.name}: the password opens it`);
}

/** A session that is over leads to the login, and the login back to where one was. */
async function comes_back(page, size) {
  const hash = await page.evaluate(() => location.hash);
  await page.context().clearCookies();
  check(await shows(page, ".door h1", "", 10_000), `${size.name}: a session that is over leads to the login`);
  await log_in(page, options.login, options.password);
  check(await shows(page, ".camera h1"), `${size.name}: and the login back to the camera`);
  check((await page.evaluate(() => location.hash)) === hash, `${size.name}: the address is the same`);
}

/** Asked once, before the first clip. */
async function states_a_purpose(page, size) {
  check(await shows(page, "#purpose"), `${size.name}: playback asks what it is for`);
  await fits(page, `${size.name} purpose`);
  await page.screenshot({ path: join(options.out, `purpose-${size.name}.png`) });
  await page.locator("#purpose .examples .button").first().click();
  await page.locator("#purpose .button.primary").click();
  check(await becomes(page, () => !document.getElementById("purpose").open), `${size.name}: one of the examples will do`);
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
  await states_a_purpose(page, size);
  check(await advances(page, "video.playback", 1, 30_000), `${size.name}: a clip plays`);
  const href = await page.locator('a[download]').getAttribute("href");
  const part = await page.evaluate(async (path) => {
    const answer = await fetch(path, { headers: { Range: "bytes=4-7" } });
    return `${answer.status} ${await answer.text()}`;
  }, href);
  check(part === "206 ftyp", `${size.name}: the download answers a range`);
  await refused_clips(page, size);
}

/** What the service may say of a clip later: its owner has not agreed, or the purpose has ended. */
async function refused_clips(page, size) {
  const refuse = async (code, vi, en) => {
    const body = JSON.stringify({ status: 403, code, sentence: { vi, en } });
    await page.route("**/clip.mp4?*", (route) => route.fulfill({ status: 403, contentType: "application/problem+json", body }));
    await page.locator("button.entry").first().click();
  };
  await refuse("not_agreed", "Chủ camera chưa đồng ý.", "The owner has not agreed.");
  const told = await shows(page, ".player .trouble", size.language === "vi" ? "Chủ camera chưa đồng ý." : "The owner has not agreed.");
  check(told, `${size.name}: a refused clip says why in the picture's place`);
  await page.unrouteAll();
  await refuse("purpose_needed", "Hãy nêu mục đích.", "Say what it is for.");
  check(await shows(page, "#purpose"), `${size.name}: a purpose that has ended is asked for again`);
  await page.unrouteAll();
  await page.locator("#purpose .examples .button").nth(1).click();
  await page.locator("#purpose .button.primary").click();
  check(await advances(page, "video.playback", 1, 30_000), `${size.name}: and the clip plays on`);
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

for (const size of kSizes) await with_page(size, options.url, options.out, (page) => look(page, size));
end("status page");
