// Makes the figures of a page answer, those that come later too. Another version of this script on the page leaves
// figures alone whose values have another form.

function started(figure) {
  if ("alive" in figure.dataset || !figure.querySelector(":scope > .chart-picture")) return;
  const data = figure.querySelector(":scope > script.chart-values");
  if (!data) return;
  figure.dataset.alive = "";
  const { words, values } = JSON.parse(data.textContent);
  alive(figure, words, async () => values);
}

function begin() {
  for (const figure of document.querySelectorAll("figure.plotly-alive[data-form='FORM']")) started(figure);
}

window.plotlyAliveFORM = begin;
new MutationObserver(begin).observe(document.documentElement, { childList: true, subtree: true });
begin();
