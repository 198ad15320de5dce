// What both tests of the page share: a browser as a person has it, and looking until something is seen.
import { createHmac } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const kFlags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
export const kSizes = [
  { name: "1920x1080", width: 1920, height: 1080, scheme: "dark", language: "vi" },
  { name: "390x844", width: 390, height: 844, scheme: "light", language: "en" },
];

const failures = [];
export const check = (ok, what) => {
  console.log(`${ok ? "ok  " : "FAIL"} ${what}`);
  if (!ok) failures.push(what);
};
export function end(name) {
  console.log(failures.length === 0 ? `${name}: all seen` : `${name}: ${failures.length} failed`);
  process.exit(failures.length === 0 ? 0 : 1);
}

/** Polls in the page until the function is true; false after the patience. */
export async function becomes(page, ask, argument, patience_ms = 30_000) {
  return page.waitForFunction(ask, argument, { timeout: patience_ms, polling: 200 }).then(
    () => true,
    () => false,
  );
}

export const shows = (page, selector, words = "", patience_ms = 30_000) =>
  becomes(
    page,
    ([s, w]) => [...document.querySelectorAll(s)].some((e) => e.checkVisibility() && e.textContent.includes(w)),
    [selector, words],
    patience_ms,
  );

/** Nothing is cut off at the side, and whoever uses the keyboard sees where they are. */
export async function fits(page, what) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  check(!wide, `${what}: nothing is cut off at the side`);
}

/** A browser of its own for each visit; `visit(page)`. Complains of requests to other hosts and of the console. */
export async function with_page(size, url, out, visit) {
  mkdirSync(out, { recursive: true });
  const profile = mkdtempSync(join(tmpdir(), "vonggac-e2e-"));
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: kFlags,
    viewport: { width: size.width, height: size.height },
    colorScheme: size.scheme,
    locale: size.language === "vi" ? "vi-VN" : "en-GB",
  });
  try {
    const page = await browser.newPage();
    const own = new URL(url).host;
    const foreign = [];
    const complaints = [];
    page.on("request", (request) => {
      const to = new URL(request.url());
      if (to.protocol !== "blob:" && to.protocol !== "data:" && to.host !== own) foreign.push(request.url());
    });
    page.on("console", (message) => {
      // A browser calls every refusal an error; that it is told to the person is checked in the page.
      const refusal = /status of (401|403|404|422|423)/.test(message.text());
      // The page was left while its socket was being opened.
      const left = /closed before the connection is established/.test(message.text());
      if ((message.type() === "error" || message.type() === "warning") && !refusal && !left) complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.addInitScript((language) => localStorage.setItem("vonggac.language", language), size.language);
    await page.goto(url);
    await visit(page);
    check(foreign.length === 0, `${size.name}: no request to another host ${foreign.slice(0, 3).join(" ")}`);
    check(complaints.length === 0, `${size.name}: no complaint in the console ${complaints.slice(0, 3).join(" | ")}`);
  } finally {
    await browser.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

export async function log_in(page, login, password) {
  await page.locator("#field-login").fill(login);
  await page.locator("#field-password").fill(password);
  await page.keyboard.press("Enter");
}

/** The code of an authenticator (RFC 6238) for a base32 secret; `later`: of so many steps later. */
export function totp(secret, later = 0) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((c) => alphabet.indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later));
  const digest = createHmac("sha1", key).update(step).digest();
  const at = digest[19] & 15;
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
