// Says where a drawing has its marks, in the page in which figures are drawn.
//
// plotly.js makes a drawing's text when all of it is drawn, by XMLSerializer. At this moment its own records still say
// where each point is. They go into the drawing, as JSON in a `metadata` element:
//
//     {"panels": [[left, top, right, bottom], …], "traces": {"0": {"panel": 0, "colour": "#b3262a", "marks": […]}}}
//
// Everything is in pixels of the drawing. A mark is `[number of the point, x, y]`, or `[number, left, top, right, bottom]`
// for what has an extent; there is none for what the panel does not show. Beside its marks a trace has what plotly.js has
// computed: `bins` (`[from, to, value]`) of a histogram, `cells` (`[from, to, from, to, value]`) of one of two dimensions;
// `boxes` (`[place, [lowest, quartile, median, quartile, highest]]`) of boxes and violins, whose marks are five for each
// box. In the drawing lines, if there are several, have `data-trace`, the number of their trace; slices, flows, bars around
// a centre and places of maps have that, and `data-point` each; flows also have `parts` (`[name, value]`), by these numbers.
//
// Names on a small map, which plotly.js writes over each other and beyond its frame, move beside their points; those without
// any room are left out, since the table has them.
//
// plotly.js paints a heat map as a picture of pixels, which a page under `default-src 'self'` does not show. Its cells
// become rectangles here, unless they are smoothed or more than CELLS.

(() => {
  const SPANS = new Set(["bar", "histogram", "funnel", "waterfall"]);
  const BOXES = new Set(["box", "violin"]);
  const CELLS = 4000;
  const SMALL = 480; // pixels of a drawing's width
  const SLICES = new Set(["pie", "funnelarea", "sunburst", "treemap", "icicle"]);
  const GRIDS = new Set(["heatmap", "contour", "histogram2d"]);
  const FLOWS = new Set(["sankey", "parcats"]);
  const ROUND = new Set(["scatterpolar", "scatterternary", "scattersmith"]);
  const finite = (numbers) => numbers.every(Number.isFinite);
  const rounded = (number) => Math.round(number);
  const span = (a, b, c, d) => [Math.min(a, b), Math.min(c, d), Math.max(a, b), Math.max(c, d)].map(rounded);

  function colourOf({ line, marker, mode, fill, fillcolor, type }) {
    const paint = marker?.color;
    const marked = Array.isArray(paint) ? (new Set(paint).size === 1 ? paint[0] : "") : paint;
    const drawn = type === "scatter" && (/lines/.test(mode) || (fill && fill !== "none"));
    const found = drawn ? (line?.width === 0 ? fillcolor : line?.color) : marked;
    return typeof found === "string" ? found : "";
  }

  function cartesian(cd, trace, { xaxis, yaxis }) {
    const at = (x, y, clip = false) => [xaxis._offset + xaxis.c2p(x, clip), yaxis._offset + yaxis.c2p(y, clip)];
    const edge = (x, y) => at(x, y, true); // what goes down to 0 has an end on a logarithmic axis, too
    const lies = trace.orientation === "h";
    const turned = (to, place, value) => (lies ? to(value, place) : to(place, value));
    if (SPANS.has(trace.type)) {
      const known = cd.filter(({ s0, s1, p0, p1 }) => finite([s0, s1, p0, p1]));
      const marks = known.map(({ i, p0, p1, s0, s1 }, order) => {
        const [x0, y0] = turned(edge, p0, s0), [x1, y1] = turned(edge, p1, s1);
        return [trace.type === "histogram" ? order : i, ...span(x0, x1, y0, y1)];
      });
      const bins = known.map(({ ph0, ph1, s }) => [ph0, ph1, s]);
      return trace.type === "histogram" ? { marks, bins: bins.map((bin) => binned(bin, lies ? yaxis : xaxis)) } : { marks };
    }
    if (BOXES.has(trace.type)) {
      const along = lies ? yaxis : xaxis, shift = cd[0].t.bPos ?? 0;
      const parts = ({ min, q1, med, q3, max }) => [min, q1, med, q3, max];
      const known = cd.filter((box) => finite(parts(box)));
      return {
        boxes: known.map((box) => [placed(box.pos, along), parts(box)]),
        marks: known.flatMap((box, order) => parts(box).map((value, part) =>
          [order * 5 + part, ...turned(at, box.pos + shift, value).map(rounded)])),
      };
    }
    if (GRIDS.has(trace.type)) {
      const painted = cells(cd[0], edge);
      return { painted, ...(trace.type === "histogram2d" ? counted(cd[0], painted, { xaxis, yaxis })
                                                         : { marks: numbered(painted, trace, { xaxis, yaxis }) }) };
    }
    if (trace.type === "candlestick" || trace.type === "ohlc") {
      const half = cd[0].t.bdPos ?? cd[0].t.tickLen ?? 0;
      return { marks: cd.flatMap(({ i, pos, min, max, l = min, h = max }, order) => {
        const [x0, y0] = edge(pos - half, l), [x1, y1] = edge(pos + half, h);
        return [[i ?? order, ...span(x0, x1, y0, y1)]];
      }) };
    }
    if (trace.type !== "scatter") return {};
    return { marks: cd.flatMap(({ i, x, y }, order) => i === null ? [] : [[i ?? order, ...at(x, y).map(rounded)]]) };
  }

  // What a panel shows of marks: none that lies outside, by more than a pixel, or nowhere; of an extent the part within.
  function within([left, top, right, bottom], marks) {
    const between = (number, least, most) => Math.max(least, Math.min(most, number));
    const isShown = ([, x0, y0, x1 = x0, y1 = y0]) =>
      x1 >= left - 1 && x0 <= right + 1 && y1 >= top - 1 && y0 <= bottom + 1;
    return marks.filter(isShown).map(([number, ...box]) => [number, ...box.map((one, side) =>
      side % 2 ? between(one, top, bottom) : between(one, left, right))]);
  }

  function placed(position, axis) {
    const named = axis._categories?.[position];
    return named ?? (/date/.test(axis.type) ? axis.c2d(position) : position);
  }

  function binned([from, to, value], axis) {
    return [placed(from, axis), placed(to, axis), value];
  }

  // The cells of a grid, `[row, column, left, top, right, bottom]`, each from halfway to its neighbours if it is given by
  // its middle. The rows and columns are those that plotly.js has.
  function cells({ x, y, z }, at) {
    if (!z?.length || !x || !y) return [];
    const edges = (places, count) => {
      if (places.length > count) return [...places];
      const between = places.slice(1).map((place, number) => (place + places[number]) / 2);
      const first = places[0] - ((between[0] ?? places[0] + 0.5) - places[0]);
      const last = places[count - 1];
      return [first, ...between, last + (last - (between[between.length - 1] ?? last - 0.5))];
    };
    const width = Math.max(...z.map((row) => row?.length ?? 0));
    const across = edges(x, width), down = edges(y, z.length);
    return z.flatMap((row, r) => [...row].map((_, c) => {
      const [x0, y0] = at(across[c], down[r]), [x1, y1] = at(across[c + 1], down[r + 1]);
      return [r, c, ...span(x0, x1, y0, y1)];
    }));
  }

  // The cells of a histogram of two dimensions that have a value, from the lowest row, and their marks.
  function counted({ xRanges, yRanges, z }, painted, { xaxis, yaxis }) {
    const named = (range, axis) => range.map((end) => placed(end, axis));
    const known = painted.filter(([r, c]) => z[r][c] && xRanges?.[c] && yRanges?.[r]);
    return { marks: known.map(([, , ...box], order) => [order, ...box]),
             cells: known.map(([r, c]) => [...named(xRanges[c], xaxis), ...named(yRanges[r], yaxis), z[r][c]]) };
  }

  // The cells by their numbers in the data, row by row. plotly.js puts rows and columns in the order of their axes'
  // categories, among which may be others than the trace's.
  function numbered(painted, trace, { xaxis, yaxis }) {
    const isGiven = trace.z?.[0]?.length !== undefined; // not counted, and not a list of cells
    if (!isGiven || xaxis.rangebreaks?.length || yaxis.rangebreaks?.length) return [];
    const width = trace.transpose ? trace.z.length : Math.max(...[...trace.z].map((row) => row.length));
    const given = (names, axis) => {
      if (axis.type !== "category" || !names?.length) return (number) => number;
      const numbers = new Map([...names].map((name, number) => [String(name), number]));
      return (number) => numbers.get(String(axis._categories[number])) ?? -1;
    };
    const row = given(trace.y, yaxis), column = given(trace.x, xaxis);
    const own = painted.map(([r, c, ...box]) => [row(r), column(c), ...box]);
    return own.filter(([r, c]) => r >= 0 && c >= 0 && c < width).map(([r, c, ...box]) => [r * width + c, ...box]);
  }

  // The colour of each value of a trace's scale, as plotly.js mixes it: in RGB.
  function scaleOf(trace) {
    const { colorscale, reversescale, cmin, cmax, zmin, zmax } = trace._colorAx ?? trace;
    const brush = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const rgb = (colour) => {
      brush.fillStyle = colour;
      brush.fillRect(0, 0, 1, 1);
      return [...brush.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const known = colorscale.map(([at, colour]) => [Number(at), rgb(colour)]);
    const stops = reversescale ? known.map(([at, colour]) => [1 - at, colour]).reverse() : known;
    const [low, high] = [cmin ?? zmin, cmax ?? zmax];
    return (value) => {
      const part = Math.max(0, Math.min(1, (value - low) / (high - low || 1)));
      const next = Math.max(1, stops.findIndex(([at]) => at >= part));
      const [[from, a], [to, b]] = [stops[next - 1], stops[next]];
      const mixed = a.map((one, band) => Math.round(one + (b[band] - one) * ((part - from) / (to - from || 1))));
      return `rgb(${mixed.join(", ")})`;
    };
  }

  function repaint(group, { z, trace }, painted, { xaxis, yaxis }) {
    const picture = group?.querySelector("image");
    if (!picture || trace.zsmooth || painted.length > CELLS) return;
    const colour = scaleOf(trace);
    for (const [r, c, left, top, right, bottom] of painted) {
      const value = z[r][c];
      if (!finite([value, left, top, right, bottom])) continue;
      const cell = document.createElementNS("http://www.w3.org/2000/svg", "path");
      const gap = [trace.xgap ?? 0, trace.ygap ?? 0].map((one) => one / 2);
      const [x, y] = [xaxis._offset, yaxis._offset]; // the picture is within the plot
      const [x0, y0, x1, y1] = [left + gap[0] - x, top + gap[1] - y, right - gap[0] - x, bottom - gap[1] - y];
      cell.setAttribute("d", `M${x0},${y0}H${x1}V${y1}H${x0}Z`);
      cell.setAttribute("fill", colour(value));
      if (trace.opacity < 1) cell.setAttribute("fill-opacity", trace.opacity);
      else if (!gap[0] && !gap[1]) { // no hairlines between them
        cell.setAttribute("stroke", colour(value));
        cell.setAttribute("stroke-width", 0.6);
      }
      picture.before(cell);
    }
    picture.remove();
  }

  function relative(element, origin) {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    return span(left - origin.left, right - origin.left, top - origin.top, bottom - origin.top);
  }

  // Names the paths of slices and of places by the numbers of their points.
  function shapes(group, cd, selector) {
    group.setAttribute("data-trace", cd[0].trace.index);
    for (const path of group.querySelectorAll(selector)) {
      const point = path.__data__?.data?.data ?? path.__data__; // that of a part is within its node
      const number = point?.i ?? cd.indexOf(point);
      if (number >= 0) path.setAttribute("data-point", number);
    }
  }

  // Names the parts of lines and areas by their traces. An area up to the next line is drawn with the line before.
  function lines(group, trace) {
    for (const part of group.children) {
      if (!part.classList.contains("fills")) part.setAttribute("data-trace", trace.index);
    }
    for (const fill of group.querySelectorAll(".js-fill")) {
      const owner = Array.isArray(fill.__data__) ? fill.__data__[0].trace : trace;
      fill.setAttribute("data-trace", owner.index);
    }
  }

  // What flows, and where it goes through: the elements, each with its name and how much it is.
  function flowing(group, trace) {
    const data = (selector) => [...group.querySelectorAll(selector)].map((element) => [element, element.__data__]);
    if (trace.type === "sankey") {
      const name = ({ label, index }) => label || String(index + 1);
      return [...data(".sankey-link").map(([path, { link }]) => [path, `${name(link.source)} → ${name(link.target)}`, link.value]),
              ...data(".node-rect").map(([box, { node }]) => [box, name(node), node.value])];
    }
    const boxes = data(".category").map(([category, { model }]) => [category.querySelector(".catrect"), model]);
    const named = ({ categoryInds }) => categoryInds.map((index, at) =>
      boxes.find(([, one]) => one.dimensionInd === at && one.categoryInd === index)?.[1].categoryLabel).join(", ");
    return [...data("path.path").map(([path, { model }]) => [path, named(model), model.count]),
            ...boxes.map(([box, model]) => [box, `${trace.dimensions[model.dimensionInd].label ?? ""} ${model.categoryLabel}`.trim(), model.count])];
  }

  // The part of a drawing that has a group's axes, which lie around it.
  const round = (group) => group.closest(".polar, .ternary, .smith") ?? group;

  // The places between which a line on a map goes.
  function stations(cd, { projection, isLonLatOverEdges }) {
    const shown = cd.filter(({ lonlat }) => finite(lonlat ?? [NaN]) && !isLonLatOverEdges?.(lonlat));
    return shown.map((point) => [cd.indexOf(point), ...projection(point.lonlat).map(rounded)]);
  }

  // The points of a trace whose axes lie around it: where its lines go, or where its marks are.
  function points(group, cd, trace, layout, origin) {
    const { _subplot: plot } = layout[trace.subplot] ?? {};
    if (plot?.xOffset2 !== undefined) {
      const { xaxis, yaxis, xOffset2, yOffset2 } = plot;
      return cd.map(({ i, x, y }, order) => [i ?? order, xOffset2 + xaxis.c2p(x), yOffset2 + yaxis.c2p(y)])
        .filter(finite).map((mark) => mark.map(rounded));
    }
    return [...group.querySelectorAll("path.point")].flatMap((path) => {
      const point = cd.find((one) => one === path.__data__), [left, top, right, bottom] = relative(path, origin);
      return point ? [[point.i ?? cd.indexOf(point), rounded((left + right) / 2), rounded((top + bottom) / 2)]] : [];
    });
  }

  function read(plot, node) {
    const { _fullLayout: layout, calcdata } = plot;
    const origin = node.getBoundingClientRect();
    const panels = [], traces = {};
    const panel = (box) => {
      const known = panels.findIndex((other) => String(other) === String(box));
      return known < 0 ? panels.push(box) - 1 : known;
    };
    const groups = new Map();
    for (const group of node.querySelectorAll("g.trace")) {
      const trace = group.__data__?.[0]?.trace;
      if (trace) groups.set(trace.index, group);
    }
    const pictures = new Map([...node.querySelectorAll("g.hm")].map((group) => [group.__data__?.[0]?.trace?.index, group]));
    const isLine = ({ type, mode }) => type === "scatter" && /lines/.test(mode);
    const many = calcdata.filter((cd) => isLine(cd?.[0]?.trace ?? {})).length > 1;
    const several = calcdata.filter((cd) => /lines/.test(cd?.[0]?.trace?.mode)).length > 1;
    for (const cd of calcdata) {
      const trace = cd?.[0]?.trace;
      if (!trace || trace.visible !== true) continue;
      const group = groups.get(trace.index), colour = colourOf(trace);
      if (trace.xaxis && trace.yaxis) {
        const [xaxis, yaxis] = ["x", "y"].map((letter) => layout[`${letter}axis${trace[`${letter}axis`].slice(1)}`]);
        const ends = [xaxis._offset, yaxis._offset, xaxis._offset + xaxis._length, yaxis._offset + yaxis._length];
        const box = ends.map(rounded);
        const { painted, marks = [], ...computed } = cartesian(cd, trace, { xaxis, yaxis });
        traces[trace.index] = { panel: panel(box), colour, marks: within(box, marks), ...computed };
        if (painted) repaint(pictures.get(trace.index), cd[0], painted, { xaxis, yaxis });
        if (group && many && isLine(trace)) lines(group, trace);
      } else if (trace.geo) {
        const { w, h, l, t } = layout._size, { x, y } = layout[trace.geo].domain;
        const box = [l + w * x[0], t + h * (1 - y[1]), l + w * x[1], t + h * (1 - y[0])];
        traces[trace.index] = { panel: panel(box.map(rounded)), colour, marks: [] };
        const isAnswering = ({ type, geo, hoverinfo }) => type === "choropleth" && geo === trace.geo && hoverinfo !== "skip";
        if (group && trace.type === "choropleth" && calcdata.some((one) => isAnswering(one?.[0]?.trace ?? {}))) {
          shapes(group, cd, ".choroplethlocation");
          for (const land of group.closest(".layer").parentNode.querySelectorAll(".land > path")) {
            land.setAttribute("data-point", "land");
          }
        }
        if (group && trace.type === "scattergeo") {
          traces[trace.index].marks = [...group.querySelectorAll("path.point")].flatMap((path) => {
            const number = cd.indexOf(path.__data__), [left, top, right, bottom] = relative(path, origin);
            return number < 0 ? [] : [[number, rounded((left + right) / 2), rounded((top + bottom) / 2)]];
          });
          if (!/markers/.test(trace.mode)) traces[trace.index].marks = stations(cd, layout[trace.geo]._subplot);
        }
      } else if (ROUND.has(trace.type) && group) {
        traces[trace.index] = { panel: panel(relative(round(group), origin)), colour, marks: points(group, cd, trace, layout, origin) };
        if (several) lines(group, trace);
      } else if (trace.type === "barpolar" && group) {
        traces[trace.index] = { panel: panel(relative(round(group), origin)), colour, marks: [] };
        shapes(group, cd, ".point > path");
      } else if (FLOWS.has(trace.type)) {
        const flows = [...node.querySelectorAll("g.sankey, g.trace.parcats")].find((one) => one.__data__?.trace?.index === trace.index);
        if (!flows) continue;
        const shown = flowing(flows, trace);
        traces[trace.index] = { panel: panel(relative(flows, origin)), colour: "", marks: [], parts: shown.map(([, ...part]) => part) };
        flows.setAttribute("data-trace", trace.index);
        shown.forEach(([element], number) => element.setAttribute("data-point", number));
      } else if (group && SLICES.has(trace.type)) {
        traces[trace.index] = { panel: panel(relative(group, origin)), colour: "", marks: [] };
        shapes(group, cd, ".surface");
      }
    }
    return { panels, traces };
  }

  const touches = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  const moved = ({ left, top, right, bottom }, x, y) => ({ left: left + x, top: top + y, right: right + x, bottom: bottom + y });

  function apart(node) {
    const whole = node.getBoundingClientRect();
    if (whole.width > SMALL) return;
    for (const map of node.querySelectorAll(".geolayer > .geo")) {
      const frame = map.querySelector(".bg")?.getBoundingClientRect() ?? whole;
      const taken = [];
      for (const text of map.querySelectorAll(".scatterlayer text")) {
        const box = text.getBoundingClientRect();
        const [across, down] = [box.width * 0.6, box.height];
        const inward = Math.max(frame.left - box.left, 0) + Math.min(frame.right - box.right, 0);
        const ways = [[inward, 0], [inward, -down], [inward, down], [across, 0], [-across, 0], [across, -down], [-across, -down],
                      [across, down], [-across, down]];
        const isFree = (place) => place.left >= frame.left - 1 && place.right <= frame.right + 1 &&
          !taken.some((other) => touches(place, other));
        const way = ways.find(([x, y]) => isFree(moved(box, x, y)));
        if (!way) {
          text.remove();
          continue;
        }
        taken.push(moved(box, ...way));
        const [, x, y] = /^translate\(([-\d.]+)[, ]+([-\d.]+)\)$/.exec(text.getAttribute("transform") ?? "") ?? [];
        if (x && way.some(Boolean)) text.setAttribute("transform", `translate(${Number(x) + way[0]},${Number(y) + way[1]})`);
      }
    }
  }

  const { serializeToString } = XMLSerializer.prototype;
  XMLSerializer.prototype.serializeToString = function (node) {
    const plot = node.closest?.(".js-plotly-plot");
    if (plot) {
      const told = document.createElementNS("http://www.w3.org/2000/svg", "metadata");
      try {
        apart(node);
        told.textContent = JSON.stringify(read(plot, node));
        node.append(told);
      } catch (error) {
        console.warn("The marks of the drawing are not known:", error);
      }
    }
    return serializeToString.call(this, node);
  };
})();
