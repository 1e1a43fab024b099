// Draws a diagram, as Mermaid or Graphviz does, in the page that draws charts. The drawing has no styles of its own: what
// they say is in attributes, since a page's policy allows no others.
async function (text) {
  const spec = JSON.parse(text);
  const STYLES = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linecap",
                  "stroke-linejoin", "opacity", "marker-start", "marker-mid", "marker-end"];
  const LETTERS = ["fill", "fill-opacity", "opacity", "font-size", "font-weight", "font-style", "text-anchor",
                   "dominant-baseline", "text-decoration-line"];
  const DEFAULTS = { "fill-opacity": "1", "stroke-opacity": "1", opacity: "1", "stroke-dasharray": "none",
                     "stroke-linecap": "butt", "stroke-linejoin": "miter", "marker-start": "none", "marker-mid": "none",
                     "marker-end": "none", "font-weight": "400", "font-style": "normal", "text-anchor": "start",
                     "dominant-baseline": "auto", "text-decoration-line": "none" };
  const GROUPS = new Set(["svg", "g", "a", "switch", "defs", "marker", "clipPath"]);
  const said = (node) => (node?.textContent ?? "").replace(/\s+/g, " ").trim();

  // Letters in a box of HTML become letters of SVG, in the middle of the box.
  function asText(box) {
    const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => parseFloat(box.getAttribute(name)) || 0);
    const inner = box.querySelector("p, span, div") ?? box;
    const style = getComputedStyle(inner), size = parseFloat(style.fontSize) || 16;
    const lines = (box.innerText ?? [...box.children].map((part) => part.innerText).join("\n") ?? box.textContent)
      .split("\n").map((line) => line.trim()).filter(Boolean);
    const letters = document.createElementNS("http://www.w3.org/2000/svg", "text");
    const values = { "text-anchor": "middle", "font-size": size, fill: style.color, "font-weight": style.fontWeight };
    for (const [name, value] of Object.entries(values)) letters.setAttribute(name, value);
    lines.forEach((line, number) => {
      const part = document.createElementNS("http://www.w3.org/2000/svg", "tspan");
      part.setAttribute("x", x + width / 2);
      part.setAttribute("y", y + height / 2 + size * (0.35 + 1.2 * (number - (lines.length - 1) / 2)));
      part.textContent = line;
      letters.append(part);
    });
    return letters;
  }

  function flat(svg) {
    const changes = [];
    for (const element of svg.querySelectorAll("*")) {
      const style = getComputedStyle(element);
      const hidden = style.display === "none" || style.visibility === "hidden";
      if (element.localName === "foreignObject") changes.push([element, hidden ? null : asText(element)]);
      else if (hidden && !element.closest("defs, marker, clipPath, foreignObject")) changes.push([element, null]);
      else if (!element.closest("foreignObject")) {
        const isLetters = ["text", "tspan", "textPath"].includes(element.localName);
        const names = GROUPS.has(element.localName) ? ["opacity"] : isLetters ? LETTERS : STYLES;
        const values = {};
        for (const name of names) {
          const value = style.getPropertyValue(name).trim();
          if (value && value !== DEFAULTS[name]) values[name] = value.replace(/px\b/g, "").replace(/url\("([^"]*)"\)/, "url($1)");
        }
        changes.push([element, values]);
      }
    }
    for (const [element, change] of changes) {
      if (change === null) element.remove();
      else if (change instanceof Element) element.replaceWith(change);
      else {
        for (const name of [...STYLES, ...LETTERS, "style", "class"]) element.removeAttribute(name);
        for (const [name, value] of Object.entries(change)) element.setAttribute(name, value);
      }
    }
    for (const style of svg.querySelectorAll("style")) style.remove();
    const box = svg.viewBox.baseVal;
    svg.setAttribute("width", Math.ceil(box.width));
    svg.setAttribute("height", Math.ceil(box.height));
    svg.removeAttribute("style");
    return new XMLSerializer().serializeToString(svg);
  }

  // What a drawing joins, and what stands alone in it.
  function ofGraphviz(svg) {
    const names = new Map(), edges = [];
    const joined = (group) => [...group.querySelectorAll("text")].map(said).filter(Boolean).join(" ");
    for (const node of svg.querySelectorAll("g.node")) names.set(said(node.querySelector("title")), joined(node));
    for (const edge of svg.querySelectorAll("g.edge")) {
      const ends = said(edge.querySelector("title")).split(/->|--/).map((end) => end.split(":")[0]);
      edges.push([names.get(ends[0]) || ends[0], names.get(ends[1]) || ends[1] || "", joined(edge)]);
    }
    return { edges, nodes: [...names.values()] };
  }

  async function ofMermaid(source) {
    const plain = (value) => String(value?.text ?? value?.message ?? value ?? "").replace(/<br\s*\/?>/g, " ").replace(/\s+/g, " ").trim();
    try {
      const { db } = await mermaid.mermaidAPI.getDiagramFromText(source);
      if (db.getVertices && db.getEdges) {
        const names = new Map([...db.getVertices()].map(([id, vertex]) => [id, plain(vertex.text) || id]));
        return { edges: db.getEdges().map((edge) => [names.get(edge.start) ?? edge.start, names.get(edge.end) ?? edge.end,
                                                     plain(edge.text)]), nodes: [...names.values()] };
      }
      const relations = db.getRelations?.() ?? [];
      if (relations.length) {
        const name = (id) => /_(start|end)\d*$/.test(id) ? "[*]" : id;
        return { edges: relations.map((one) => [name(one.id1), name(one.id2), plain(one.title ?? one.relationTitle)])
          .map(([start, end, label]) => [start, end, label === "none" ? "" : label.replace(/^: */, "")]), nodes: [] };
      }
      if (db.getRelationships && db.getEntities) {
        const names = new Map([...db.getEntities()].map(([name, entity]) => [entity.id, entity.alias || name]));
        return { edges: db.getRelationships().map((one) => [names.get(one.entityA) ?? one.entityA,
                                                            names.get(one.entityB) ?? one.entityB, plain(one.roleA)]),
                 nodes: [...names.values()] };
      }
      if (db.getMessages) {
        const actors = db.getActors?.() ?? new Map();
        const name = (id) => plain(actors.get?.(id)?.description ?? id);
        return { edges: db.getMessages().filter((one) => one.from && one.to).map((one) =>
          [name(one.from), name(one.to), plain(one.message)]), nodes: [] };
      }
    } catch { /* its texts say what it shows */ }
    return { edges: [], nodes: [] };
  }

  const holder = document.createElement("div");
  holder.style.cssText = "position: absolute; left: 0; top: 0; width: 720px";
  document.body.append(holder);
  try {
    let svg, parts;
    if (spec.kind === "dot") {
      const viz = await (globalThis.broadsheetViz ??= Viz.instance());
      holder.innerHTML = "";
      const drawn = viz.renderString(spec.text, { format: "svg", engine: "dot",
        graphAttributes: { bgcolor: "transparent", fontname: spec.font }, nodeAttributes: { fontname: spec.font },
        edgeAttributes: { fontname: spec.font } });
      svg = document.importNode(new DOMParser().parseFromString(drawn, "image/svg+xml").documentElement, true);
      holder.append(svg);
      parts = ofGraphviz(svg);
    } else {
      mermaid.initialize({ ...spec.settings, startOnLoad: false, securityLevel: "strict", htmlLabels: false,
                           suppressErrorRendering: true, deterministicIds: true, flowchart: { htmlLabels: false },
                           secure: ["secure", "securityLevel", "startOnLoad", "maxTextSize", "maxEdges", "htmlLabels",
                                    "suppressErrorRendering", "fontFamily", "deterministicIds", "dompurifyConfig"] });
      const drawn = await mermaid.render("drawn", spec.text, holder);
      parts = await ofMermaid(spec.text);
      holder.innerHTML = drawn.svg;
      svg = holder.querySelector("svg");
    }
    const texts = [...svg.querySelectorAll("text, foreignObject")].map(said).filter(Boolean);
    return { result: JSON.stringify({ svg: flat(svg), texts, ...parts }) };
  } catch (error) {
    return { message: String(error?.message ?? error) };
  } finally {
    holder.remove();
    document.getElementById("drawn")?.remove();
    document.getElementById("ddrawn")?.remove();
  }
}
