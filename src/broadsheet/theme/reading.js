// Lets readers go through a chart's values by keyboard, and with a screen reader. It does not need plotly.js.
//
// Each chart with `data-series` (the number of its series) gets an element that the Tab key reaches. There ← and → go
// along a series, ↑ and ↓ to another one, Home and End to its ends, and Escape leaves it. The value is shown over the
// picture and announced. The event `chart-point` ({trace, point}, or null when the reader leaves) makes an interactive
// chart show its label. The other texts are in `data-words` of this script's tag.

const KEYS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0],
               Home: [0, -Infinity], End: [0, Infinity] };
const WORDS = JSON.parse(document.querySelector("script[data-words]").dataset.words);
const between = (number, most) => Math.max(0, Math.min(most, number));

// `chart.figure()` gives the figure's JSON, which is fetched once.
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
  const message = document.createElement("p");
  message.className = "chart-reading";
  message.role = "status";
  chart.querySelector(".chart-picture").append(keys, message);
  let at = null;

  function show(text, point) {
    message.textContent = text;
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

function begin(root) {
  root.querySelectorAll(".chart[data-figure]").forEach(withFigure);
  root.querySelectorAll(".chart[data-series]:has(> .chart-picture)").forEach(readable);
}

begin(document);
addEventListener("page-added", ({ detail }) => begin(detail));
