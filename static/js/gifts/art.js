/** Gift art: stills as `<img>`, and SVG documents taken apart for the scenes that move their parts. */

const SVG = "http://www.w3.org/2000/svg";
const templates = new Map();
let instances = 0;

/** Create an SVG element with attributes, appended to `parent` when there is one. */
export function shape(name, attributes = {}, parent = null) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  parent?.append(element);
  return element;
}

/** Fetch and parse the SVG at `url` once. Rejects when it cannot be had or is not an SVG. */
export function loadArt(url) {
  if (!templates.has(url)) {
    const loading = fetchArt(url);
    loading.catch(() => templates.delete(url));
    templates.set(url, loading);
  }
  return templates.get(url);
}

async function fetchArt(url) {
  const response = await fetch(url, { credentials: "same-origin" });
  if (!response.ok) throw new Error(`gift art answered ${response.status}`);
  const parsed = new DOMParser().parseFromString(await response.text(), "image/svg+xml");
  const root = parsed.documentElement;
  if (root.namespaceURI !== SVG || root.localName !== "svg") throw new Error("gift art is not an SVG");
  for (const element of root.querySelectorAll("script, foreignObject, style")) element.remove();
  return root;
}

/** One copy of a gift's drawing in the page, with ids of its own so that copies cannot meet. */
export class Art {
  #parts = new Map();
  #slug;

  constructor(template, slug) {
    instances += 1;
    this.#slug = slug;
    this.svg = document.importNode(template, true);
    this.svg.setAttribute("class", "gift-art");
    this.svg.setAttribute("aria-hidden", "true");
    this.#renameIds(`-i${instances}`);
  }

  /**
   * The named part inside a new group that turns around the point (`x`, `y`) of the drawing.
   * The wrapper is what a scene moves: the part may have a transform of its own. Throws when the
   * drawing has no such part, which ends the scene and shows the still.
   */
  part(name, x = 64, y = 64) {
    const element = this.#parts.get(`${this.#slug}-${name}`);
    if (!element) throw new Error(`${this.#slug} has no part ${name}`);
    const wrapper = shape("g");
    element.replaceWith(wrapper);
    wrapper.append(element);
    wrapper.style.setProperty("transform-box", "view-box");
    wrapper.style.setProperty("transform-origin", `${x}px ${y}px`);
    return wrapper;
  }

  #renameIds(suffix) {
    for (const element of this.svg.querySelectorAll("[id]")) {
      this.#parts.set(element.id, element);
      element.id += suffix;
    }
    for (const element of this.svg.querySelectorAll("*")) {
      for (const { name, value } of [...element.attributes]) {
        if (value.startsWith("url(#")) element.setAttribute(name, value.replace(")", `${suffix})`));
        else if (name === "href" && value.startsWith("#")) element.setAttribute(name, value + suffix);
      }
    }
  }
}

/** A still of the gift. When the picture cannot be had, a wrapped parcel stands in for it. */
export function stillArt(url) {
  if (!url) return parcel();
  const image = document.createElement("img");
  image.className = "gift-art";
  image.alt = "";
  image.decoding = "async";
  image.addEventListener("error", () => image.replaceWith(parcel()), { once: true });
  image.src = url;
  return image;
}

function parcel() {
  const svg = shape("svg", { viewBox: "0 0 128 128", class: "gift-art", "aria-hidden": "true" });
  const parts = [
    ["ellipse", { cx: 64, cy: 116, rx: 46, ry: 6, fill: "#0b1026", "fill-opacity": 0.25 }],
    ["path", { d: "M18 54H110V108Q110 114 104 114H24Q18 114 18 108Z", fill: "#5a63d8" }],
    ["path", { d: "M64 54H110V108Q110 114 104 114H64Z", fill: "#3b3fa6" }],
    ["path", { d: "M12 38Q12 34 16 34H112Q116 34 116 38V54H12Z", fill: "#7a86f0" }],
    ["path", { d: "M54 34H74V114H54Z", fill: "#ffc93d" }],
    ["path", { d: "M64 34C50 34 30 30 32 18C34 6 56 12 64 34C72 12 94 6 96 18C98 30 78 34 64 34Z", fill: "#f0a92a" }],
    ["path", { d: "M20 40H50", stroke: "#fff", "stroke-width": 3, "stroke-linecap": "round", "stroke-opacity": 0.7 }],
  ];
  for (const [name, attributes] of parts) shape(name, attributes, svg);
  return svg;
}
