// Coming in, the way a person does it: the first start with its code, the second factor, login with a code, a password
// that must be changed, the locked screen. Exit code 0 when everything was seen.
//   node door.mjs --url URL --out DIR --setup-code CODE                          a new recorder
//   node door.mjs --url URL --out DIR --login LOGIN --password PASSWORD          a duty operator whose password must change
import { join } from "node:path";
import { parseArgs } from "node:util";
import { becomes, check, end, fits, kSizes, log_in, shows, totp, with_page } from "./page_tools.mjs";

const { values: options } = parseArgs({
  options: {
    url: { type: "string" },
    out: { type: "string", default: "." },
    "setup-code": { type: "string" },
    login: { type: "string" },
    password: { type: "string" },
  },
});
const [large, small] = kSizes;
const picture = (page, name) => page.screenshot({ path: join(options.out, `${name}.png`) });
const kPassword = "cổng chợ mở lúc năm giờ";

async function sees_first_start(page, size) {
  check(await shows(page, "h1", size.language === "vi" ? "Thiết lập lần đầu" : "First start"), `${size.name}: a new recorder asks for its first administrator`);
  check(await becomes(page, () => document.activeElement?.id === "field-code"), `${size.name}: the first field has the focus`);
  await fits(page, `${size.name} first start`);
  await picture(page, `first-start-${size.name}`);
}

async function first_administrator(page) {
  await sees_first_start(page, large);
  const fill = async (code) => {
    const typed = { code, name: "Trần Thị Quản", login: "quan.tri", password: kPassword };
    for (const [name, value] of Object.entries(typed)) await page.locator(`#field-${name}`).fill(value);
    await page.keyboard.press("Enter");
  };
  await fill("AAAA-AAAA-AAAA");
  check(await shows(page, ".trouble", "Mã thiết lập không đúng"), "a wrong setup code is told");
  await fill(options["setup-code"]);
  check(await shows(page, "h1", "Xác thực hai bước"), "an administrator must set a second factor, without typing the password again");
  const secret = (await page.locator(".secret").innerText()).replace(/\s/g, "");
  check(/^[A-Z2-7]{32}$/.test(secret), "the secret is there as text");
  await picture(page, `second-factor-${large.name}`);
  const right = totp(secret);
  await page.locator("#field-code").fill(right === "000000" ? "000001" : "000000");
  await page.keyboard.press("Enter");
  check(await shows(page, ".trouble", "Mã chưa đúng"), "a wrong code of the app is told");
  await page.locator("#field-code").fill(totp(secret));
  await page.keyboard.press("Enter");
  check(await shows(page, ".person", "Quản trị"), "then the administrator is inside, with name and role");
  check(await shows(page, ".card .veil", "Không có quyền xem"), "and is told that they may not watch");
  await picture(page, `wall-administrator-${large.name}`);
  await page.locator(".who button").nth(1).click();
  check(await shows(page, "h1", "Đăng nhập"), "logging out leads to the login");
  await log_in(page, "quan.tri", kPassword);
  check(await becomes(page, () => document.activeElement?.id === "field-code"), "who has a second factor is asked for its code");
  await picture(page, `login-code-${large.name}`);
  await page.locator("#field-code").fill(totp(secret, 1)); // this step's code was used a moment ago
  await page.keyboard.press("Enter");
  check(await shows(page, ".person", "Trần Thị Quản"), "and comes in with it");
}

async function duty_operator(page) {
  check(await shows(page, "h1", "Log in"), "the login form");
  await fits(page, `${small.name} login`);
  await picture(page, `login-${small.name}`);
  await log_in(page, options.login, "not the password");
  check(await shows(page, ".trouble", "Login, password or code is wrong"), "a wrong password is told");
  await log_in(page, options.login, options.password);
  check(await shows(page, "h1", "Change the password"), "a password that somebody else set must be changed");
  await page.locator("#field-password").fill(kPassword);
  await page.locator("#field-again").fill(`${kPassword}!`);
  await page.keyboard.press("Enter");
  check(await shows(page, ".trouble", "not typed the same way"), "two passwords that differ are told");
  await picture(page, `password-${small.name}`);
  await page.locator("#field-again").fill(kPassword);
  await page.keyboard.press("Enter");
  check(await shows(page, ".person", "duty operator"), "then the wall, with the role");
  check(await shows(page, ".card"), "and the cameras");
  await sees_no_playback(page);
  await lock_and_unlock(page);
}

/** A duty operator watches; recordings are not theirs, so nothing offers them. */
async function sees_no_playback(page) {
  await page.evaluate(() => (location.hash = document.querySelector("a.cover").hash));
  check(await shows(page, ".tabs .button", "Gaps"), "the camera's page");
  const offered = await page.evaluate(() => ({
    tabs: [...document.querySelectorAll(".tabs .button")].map((tab) => tab.textContent.split(" ")[0]).join(" "),
    region: document.querySelector(".region-search")?.checkVisibility() ?? false,
    download: document.querySelector("a[download]")?.checkVisibility() ?? false,
    entries: document.querySelectorAll("button.entry").length,
  }));
  check(offered.tabs === "Motion Gaps View" && !offered.region && !offered.download && offered.entries === 0,
        `nothing that is not allowed is offered (${JSON.stringify(offered)})`);
  await page.evaluate(() => (location.hash = "#/camera/01932b6e-7a10-7c3e-9f00-0123456789ab"));
  check(await shows(page, ".notice h1", "This camera is not there"), "a camera that is somebody else's is not there");
  await fits(page, `${small.name} no permission`);
  await picture(page, `no-permission-${small.name}`);
}

async function lock_and_unlock(page) {
  await page.evaluate(() => (location.hash = "#/"));
  await shows(page, ".card");
  await page.locator(".who button").first().click();
  check(await shows(page, "#lock h2", "locked"), "the screen locks");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  // A browser may close it at the second Escape; it is back before anything else can be reached.
  check(await becomes(page, () => document.getElementById("lock").open && !document.getElementById("keys").open, undefined, 3000), "no key opens it");
  await fits(page, `${small.name} locked`);
  await picture(page, `locked-${small.name}`);
  await page.reload();
  check(await shows(page, "#lock h2", "locked"), "nor does loading the page again");
  await page.locator("#lock input").fill("not the password");
  await page.keyboard.press("Enter");
  check(await shows(page, "#lock .trouble", "wrong"), "a wrong password is told");
  await page.locator("#lock input").fill(kPassword);
  await page.keyboard.press("Enter");
  check(await becomes(page, () => !document.getElementById("lock").open), "the password opens it");
}

/** A quarter of an hour passes for the page alone: the service's own clock goes on as ever. */
async function locks_by_itself(page) {
  await page.clock.install();
  await page.reload();
  check(await shows(page, ".card"), "the wall");
  await page.clock.fastForward("14:00");
  check(await page.evaluate(() => !document.getElementById("lock").open), "after 14 minutes it is open still");
  await page.clock.fastForward("01:10");
  check(await shows(page, "#lock h2", "locked"), "after 15 minutes without input the screen is locked");
}

if (options["setup-code"]) {
  await with_page(small, options.url, options.out, (page) => sees_first_start(page, small));
  await with_page(large, options.url, options.out, first_administrator);
} else {
  await with_page(small, options.url, options.out, async (page) => {
    await duty_operator(page);
    await locks_by_itself(page);
  });
}
end("door");
