// What a screen shows when it has no rows: nothing yet, nothing that matches, still loading, not readable.
import { el, icon } from "./dom.js";
import { t } from "./texts.js";

/** The one command that ends the emptiness, ready to be copied. */
export function empty_notice(data_dir) {
  const command =
    `vonggac camera add --data ${data_dir || "DIR"} --name "${t("example_name")}" ` +
    `--url rtsp://192.168.1.20:554/Streaming/Channels/101 --user admin --password-stdin`;
  const copy = el("button", { class: "button", type: "button", text: t("copy") });
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(command).then(
      () => (copy.textContent = t("copied")),
      () => {},
    );
  });
  return el(
    "div",
    { class: "notice" },
    icon("camera"),
    el("h1", { text: t("empty_title") }),
    el("p", { text: t("empty_text") }),
    el("div", { class: "command" }, el("code", { text: command }), copy),
  );
}

export function no_match_notice(clear) {
  return el(
    "div",
    { class: "notice" },
    el("h2", { text: t("no_match") }),
    el("button", { class: "button", type: "button", text: t("clear_filter"), on: { click: clear } }),
  );
}

export function skeletons() {
  const boxes = Array.from({ length: 4 }, () => el("div", { class: "skeleton" }));
  return el("div", { class: "grid", "aria-busy": "true", "aria-label": t("loading") }, ...boxes);
}

export function failed_notice(text, retry) {
  return el(
    "div",
    { class: "none" },
    el("p", { text }),
    el("button", { class: "button", type: "button", text: t("retry"), on: { click: retry } }),
  );
}
