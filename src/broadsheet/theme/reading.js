// A chart's values by the keyboard and for a screen reader: one after the other, told as text. plotly.js is not needed.
//
// Each chart with `data-series` (how many series it can be read by) gets a place for the keyboard to come to. There
// ← and → go along a series, ↑ and ↓ to the next one, Home and End to its ends, Escape leaves it. What is there stands
// over the picture and is announced; an interactive chart shows its own label at that point, for which the event
// `chart-point` asks ({trace, point}, or null when the reader has left). What we say beside the values stands in
// `data-words` of our script tag.

const KEYS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0],
               Home: [0, -Infinity], End: [0, Infinity] };
const WORDS = JSON.parse(document.querySelector("script[data-words]").dataset.words);
const between = (number, most) => Math.max(0, Math.min(most, number));

// `chart.figure()` is its JSON: fetched once, for whichever script asks first.
function withFigure(chart) {
  let asked;
  chart.figure = () => {
    asked ??= fetch(chart.dataset.figure).then((answer) => {
      if (answer.ok) return answer.json();
      throw new Error(`${answer.status} ${chart.dataset.figure}`);
    }).catch((error) => {
      asked = undefined;
      throw error;
    });
    return asked;
  };
}

function moved(series, at, [up, along]) {
  if (!at) return [0, along === -1 || along === Infinity ? series[0].points.length - 1 : 0];
  if (!up) return [at[0], between(at[1] + along, series[at[0]].points.length - 1)];
  const row = between(at[0] + up, series.length - 1);
  const { points } = series[row];
  const [place] = series[at[0]].points[at[1]];
  const same = points.findIndex(([other]) => other === place);
  return [row, same < 0 ? between(at[1], points.length - 1) : same];
}

function readable(chart) {
  const keys = document.createElement("div");
  keys.className = "chart-keys";
  keys.tabIndex = 0;
  keys.role = "application";
  keys.ariaRoleDescription = WORDS.chart;
  keys.ariaLabel = `${chart.ariaLabel}. ${WORDS.keys}`;
  const told = document.createElement("p");
  told.className = "chart-reading";
  told.role = "status";
  chart.querySelector(".chart-picture").append(keys, told);
  let at = null;

  function show(text, point) {
    told.textContent = text;
    chart.dispatchEvent(new CustomEvent("chart-point", { detail: point }));
  }
  function leave() {
    at = null;
    show("", null);
  }
  keys.addEventListener("keydown", async (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    if (event.key === "Escape" && at) leave();
    const way = KEYS[event.key];
    if (!way || (way[0] && chart.dataset.series === "1")) return;
    event.preventDefault();
    try {
      const { readout } = await chart.figure();
      at = moved(readout, at, way);
      const { name, points } = readout[at[0]];
      const [place, value, trace, point] = points[at[1]];
      show([name, place].filter(Boolean).join(", ") + (value && `: ${value}`), { trace, point });
    } catch (error) {
      console.info("The chart's values cannot be read:", error);
      show(WORDS.failed, null);
    }
  });
  keys.addEventListener("blur", leave);
}

document.querySelectorAll(".chart[data-figure]").forEach(withFigure);
document.querySelectorAll(".chart[data-series]:has(> .chart-picture)").forEach(readable);
