// Small pieces for building the page. Text always goes in as text, never as markup.
const kSvg = "http://www.w3.org/2000/svg";

/** el("p", {class: "quiet", text: "…"}, child, …); `on` holds listeners, other names become attributes. */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "text") element.textContent = value;
    else if (name === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Changes the text only when it differs, so that screen readers and selections are left alone. */
export function set_text(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const kPaths = {
  ok: ["M10 2.5a7.5 7.5 0 1 0 0 15a7.5 7.5 0 0 0 0-15z", "M6.5 10.2l2.4 2.4l4.6-5"],
  warn: ["M10 3L18 17H2z", "M10 8v4", "M10 14.4v.2"],
  bad: ["M10 2.5a7.5 7.5 0 1 0 0 15a7.5 7.5 0 0 0 0-15z", "M7.2 7.2l5.6 5.6", "M12.8 7.2l-5.6 5.6"],
  idle: ["M10 2.5a7.5 7.5 0 1 0 0 15a7.5 7.5 0 0 0 0-15z", "M8 7.2v5.6", "M12 7.2v5.6"],
  unset: ["M10 2.5a7.5 7.5 0 0 1 5.3 2.2", "M17.3 8.500a7.5 7.5 0 0 1-1 5.6", "M13.5 16.600a7.5 7.5 0 0 1-7 0", "M3.7 14.100a7.5 7.5 0 0 1-1-5.6", "M4.7 4.700a7.5 7.5 0 0 1 2.3-1.6"],
  record: ["M10 5.500a4.5 4.5 0 1 0 0 9a4.5 4.5 0 0 0 0-9z"],
  motion: ["M11.5 3.200a1.3 1.3 0 1 0 .1 0", "M7 8.500l3.5-1.500l2 2.500l2.5 1", "M10.5 7l-1 5l2.5 2l.5 3.5", "M9.5 12l-1.5 2.500l-3 .5"],
  disk: ["M3.5 4.500h13v11h-13z", "M3.5 11.500h13", "M13.5 13.500h.1"],
  camera: ["M2.5 6h10.500v8H2.500z", "M13 9l4.5-2.500v7L13 11"],
  back: ["M12 4.500L6.5 10l5.5 5.5"],
  next: ["M8 4.500l5.5 5.500L8 15.5"],
  down: ["M4.5 7.500L10 13l5.5-5.5"],
  download: ["M10 3v9", "M6.5 8.800L10 12.300l3.5-3.5", "M3.5 16.500h13"],
  live: ["M10 8.500a1.5 1.5 0 1 0 0 3a1.5 1.5 0 0 0 0-3z", "M6.3 6.300a5.2 5.2 0 0 0 0 7.4", "M13.7 6.300a5.2 5.2 0 0 1 0 7.4", "M3.8 3.800a8.8 8.8 0 0 0 0 12.4", "M16.2 3.800a8.8 8.8 0 0 1 0 12.4"],
  sun: ["M10 6.500a3.5 3.5 0 1 0 0 7a3.5 3.5 0 0 0 0-7z", "M10 2v1.500M10 16.500V18M2 10h1.500M16.5 10H18M4.3 4.300l1.1 1.100M14.6 14.600l1.1 1.100M4.3 15.700l1.1-1.100M14.6 5.400l1.1-1.1"],
  moon: ["M16.5 12.200A7 7 0 0 1 7.8 3.500a7 7 0 1 0 8.7 8.700z"],
  keys: ["M2.5 5.500h15v9h-15z", "M5.5 8.500h.1M8.5 8.500h.1M11.5 8.500h.1M14.5 8.500h.1M6.5 11.500h7"],
  calendar: ["M3.5 4.5h13v12h-13z", "M3.5 8.5h13", "M7 2.5v3.5", "M13 2.5v3.5"],
  region: ["M3 6.500V3.500h3M14 3.500h3v3M17 13.500v3h-3M6 16.500H3v-3", "M7 7.500h6v5H7z"],
  alarm: ["M5.5 13.500V9a4.500 4.500 0 0 1 9 0v4.500", "M4 13.500h12v2H4z", "M10 2v1.500M3.500 5l1.200.900M16.500 5l-1.200.900"],
  covered: ["M3.500 3.500h13v13h-13z", "M3.500 9l5.500-5.500M3.500 14.500l11-11M7 16.500l9.500-9.500M12.500 16.500l4-4"],
  defocused: ["M10 7a3 3 0 1 0 0 6a3 3 0 0 0 0-6z", "M10 3.500v1M10 15.500v1M3.500 10h1M15.500 10h1M5.400 5.400l.700.700M13.900 13.900l.700.700M5.400 14.600l.700-.700M13.900 6.100l.700-.700"],
  moved: ["M3.500 6h8v8h-8z", "M14 6.500l3.500 3.500l-3.500 3.500"],
  black: ["M3.500 4.500h13v11h-13z", "M3.500 4.500l13 11"],
  frozen: ["M10 2.500v15M3.500 6.200l13 7.600M16.500 6.200l-13 7.600"],
  film: ["M3.5 4.500h13v11h-13z", "M8.5 7.800v4.400l3.7-2.200z"],
  lock: ["M4.5 9h11v8h-11z", "M6.500 9V6.500a3.500 3.500 0 0 1 7 0V9", "M10 12.200v1.600"],
  leave: ["M8.500 3.500h-5v13h5", "M8 10h9", "M13.500 6.500L17 10l-3.500 3.500"],
  gap: ["M2.5 10h3.5", "M8.3 10h3.4", "M14 10h3.5"],
};

/** One of our icons, hidden from screen readers: a word stands beside it. */
export function icon(name, size = "") {
  const svg = document.createElementNS(kSvg, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", `icon ${size}`.trim());
  svg.setAttribute("aria-hidden", "true");
  for (const data of kPaths[name]) {
    const path = document.createElementNS(kSvg, "path");
    path.setAttribute("d", data);
    svg.append(path);
  }
  return svg;
}
