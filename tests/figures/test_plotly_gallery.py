"""The kinds of plotly's own gallery, with plotly's own data: each is drawn, has alternative text
and its data, and answers a reader without plotly.js or offers to be explored. Without `--all`, every
eighth kind is tried.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PAGE = "posts/gallery/index.html"
IMPORTS = """import plotly.express as px, plotly.graph_objects as go, plotly.figure_factory as ff
from plotly.subplots import make_subplots
GOOG, WEEKS = list(px.data.stocks().GOOG[:31]), list(px.data.stocks().date[:30])
STAGES = ['Website visit', 'Downloads', 'Potential customers', 'Requested price', 'Invoice sent']
SIDES = ['Processing cost', 'Mechanical properties', 'Chemical stability', 'Thermal stability', 'Device integration']"""
ALIVE = {
    "facets": "px.scatter(px.data.tips(), x='total_bill', y='tip', color='smoker', facet_col='sex', "
    "facet_row='time')",
    "wrapped": "px.line(px.data.gapminder().query(\"continent == 'Oceania' or country in ['Chile', 'Ghana', "
    "'Japan', 'Peru']\"), x='year', y='lifeExp', facet_col='country', facet_col_wrap=3)",
    "marginals": "px.scatter(px.data.iris(), x='sepal_length', y='sepal_width', color='species', marginal_x='box', "
    "marginal_y='violin')",
    "animation": "px.scatter(px.data.gapminder(), x='gdpPercap', y='lifeExp', animation_frame='year', "
    "animation_group='country', size='pop', color='continent', hover_name='country', log_x=True, "
    "size_max=45, range_x=[100, 100_000], range_y=[25, 90])",
    "candlestick": "go.Figure(go.Candlestick(x=WEEKS, open=GOOG[:-1], close=GOOG[1:], high=[max(a, b) + 0.02 for a, "
    "b in zip(GOOG, GOOG[1:])], low=[min(a, b) - 0.02 for a, b in zip(GOOG, GOOG[1:])]))",
    "ohlc": "go.Figure(go.Ohlc(x=WEEKS, open=GOOG[:-1], close=GOOG[1:], high=[max(a, b) + 0.02 for a, b in "
    "zip(GOOG, GOOG[1:])], low=[min(a, b) - 0.02 for a, b in zip(GOOG, GOOG[1:])]))",
    "sunburst": "px.sunburst(px.data.tips(), path=['day', 'time', 'sex'], values='total_bill', color='day')",
    "treemap": "px.treemap(px.data.gapminder().query('year == 2007'), path=[px.Constant('world'), 'continent', "
    "'country'], values='pop', color='lifeExp', color_continuous_scale='RdBu')",
    "icicle": "px.icicle(px.data.tips(), path=[px.Constant('all'), 'day', 'time', 'sex'], values='total_bill')",
    "sankey": "go.Figure(go.Sankey(node={'label': ['A1', 'A2', 'B1', 'B2', 'C1', 'C2'], 'color': 'blue'}, "
    "link={'source': [0, 1, 0, 2, 3, 3], 'target': [2, 3, 3, 4, 4, 5], 'value': [8, 4, 2, 8, 4, 2]}))",
    "polar-bar": "px.bar_polar(px.data.wind(), r='frequency', theta='direction', color='strength', "
    "template='plotly_dark')",
    "polar-line": "px.line_polar(px.data.wind(), r='frequency', theta='direction', color='strength', "
    "line_close=True)",
    "polar-dots": "px.scatter_polar(px.data.wind(), r='frequency', theta='direction', color='strength', "
    "symbol='strength')",
    "radar": "go.Figure([go.Scatterpolar(r=[1, 5, 2, 2, 3], theta=SIDES, fill='toself', name='A'), "
    "go.Scatterpolar(r=[4, 3, 2.5, 1, 2], theta=SIDES, fill='toself', name='B')])",
    "ternary": "px.scatter_ternary(px.data.election(), a='Joly', b='Coderre', c='Bergeron', color='winner', "
    "size='total', hover_name='district')",
    "parallel-categories": "px.parallel_categories(px.data.tips(), color='size', "
    "color_continuous_scale=px.colors.sequential.Inferno)",
    "density-heatmap": "px.density_heatmap(px.data.tips(), x='total_bill', y='tip', marginal_x='histogram', "
    "marginal_y='histogram')",
    "contour": "go.Figure(go.Contour(z=[[10, 10.6, 12.5, 15.6, 20], [5.6, 6.25, 8.1, 11.2, 15.6], [2.5, 3.1, 5, "
    "8.1, 12.5], [0.6, 1.25, 3.1, 6.25, 10.6], [0, 0.6, 2.5, 5.6, 10]], contours_coloring='heatmap'))",
    "histogram2d": "go.Figure(go.Histogram2d(x=px.data.iris().sepal_length, y=px.data.iris().petal_length, "
    "nbinsx=10, nbinsy=10))",
    "histogram": "px.histogram(px.data.tips(), x='total_bill', color='sex', marginal='rug', barmode='overlay')",
    "counts": "px.histogram(px.data.tips(), x='day', y='tip', histfunc='avg', color='sex', barmode='group')",
    "ecdf": "px.ecdf(px.data.tips(), x='total_bill', color='sex', markers=True, lines=False)",
    "funnel": "px.funnel(x=[39, 27.4, 20.6, 11, 2], y=STAGES)",
    "funnel-two": "go.Figure([go.Funnel(name='Montreal', y=STAGES, x=[120, 60, 30, 20, 5], textinfo='value+percent "
    "initial'), go.Funnel(name='Toronto', orientation='h', y=STAGES, x=[100, 60, 40, 30, 10])])",
    "funnelarea": "px.funnel_area(names=STAGES, values=[39, 27.4, 20.6, 11, 2])",
    "waterfall": "go.Figure(go.Waterfall(measure=['relative', 'relative', 'total', 'relative', 'relative', "
    "'total'], x=['Sales', 'Consulting', 'Net revenue', 'Purchases', 'Other', 'Profit'], y=[60, 80, "
    "None, -40, -20, None], text=['+60', '+80', '', '-40', '-20', 'Total']))",
    "violin": "px.violin(px.data.tips(), y='tip', x='smoker', color='sex', box=True, points='all')",
    "strip": "px.strip(px.data.tips(), x='total_bill', y='time', color='sex')",
    "box": "px.box(px.data.tips(), x='day', y='total_bill', color='smoker', notched=True)",
    "scattergeo": "px.scatter_geo(px.data.gapminder().query('year == 2007'), locations='iso_alpha', "
    "color='continent', hover_name='country', size='pop', projection='natural earth')",
    "line-geo": "px.line_geo(px.data.gapminder().query('year == 2007 and continent == \"Oceania\"'), "
    "locations='iso_alpha', projection='orthographic')",
    "choropleth": "px.choropleth(px.data.gapminder().query('year == 2007'), locations='iso_alpha', color='lifeExp', "
    "hover_name='country', color_continuous_scale=px.colors.sequential.Plasma)",
    "geojson": "px.choropleth(px.data.election(), geojson=px.data.election_geojson(), color='Bergeron', "
    "locations='district', featureidkey='properties.district', "
    "projection='mercator').update_geos(fitbounds='locations', visible=False)",
    "timeline": "px.timeline([{'Task': 'Job A', 'Start': '2009-01-01', 'Finish': '2009-02-28', 'Resource': "
    "'Alex'}, {'Task': 'Job B', 'Start': '2009-03-05', 'Finish': '2009-04-15', 'Resource': 'Alex'}, "
    "{'Task': 'Job C', 'Start': '2009-02-20', 'Finish': '2009-05-30', 'Resource': 'Max'}], "
    "x_start='Start', x_end='Finish', y='Task', color='Resource').update_yaxes(autorange='reversed')",
    "log-axes": "px.scatter(px.data.gapminder().query('year == 2007'), x='gdpPercap', y='pop', "
    "hover_name='country', log_x=True, log_y=True, trendline=None)",
    "second-axis": "make_subplots(specs=[[{'secondary_y': True}]]).add_trace(go.Bar(x=[2019, 2020, 2021], y=[40, 50, "
    "60], name='Volume'), secondary_y=False).add_trace(go.Scatter(x=[2019, 2020, 2021], y=[4, 5, "
    "3.5], name='Rate'), secondary_y=True).update_yaxes(title_text='Volume (t)', "
    "secondary_y=False).update_yaxes(title_text='Rate (%)', secondary_y=True)",
    "error-bars": "px.scatter(px.data.iris().assign(e=lambda d: d.sepal_width / 100), x='sepal_width', "
    "y='sepal_length', color='species', error_x='e', error_y='e')",
    "error-bar-bars": "go.Figure([go.Bar(name='Control', x=['Trial 1', 'Trial 2', 'Trial 3'], y=[3, 6, 4], "
    "error_y={'type': 'data', 'array': [1, 0.5, 1.5]}), go.Bar(name='Experimental', x=['Trial 1', "
    "'Trial 2', 'Trial 3'], y=[4, 7, 3], error_y={'type': 'data', 'array': [0.5, 1, "
    "2]})]).update_layout(barmode='group')",
    "matrix": "px.imshow(px.data.iris().drop(columns=['species', 'species_id']).corr(), text_auto='.2f', "
    "color_continuous_scale='RdBu_r', aspect='auto')",
    "pie": "px.pie(px.data.gapminder().query(\"year == 2007 and continent == 'Europe'\").assign(country=lambda "
    "d: d.country.where(d['pop'] > 2e7, 'Other countries')), values='pop', names='country')",
    "donuts": "make_subplots(1, 2, specs=[[{'type': 'domain'}] * 2]).add_trace(go.Pie(labels=['US', 'China', "
    "'EU', 'Russia'], values=[16, 15, 12, 6], name='GHG', hole=0.4), 1, "
    "1).add_trace(go.Pie(labels=['US', 'China', 'EU', 'Russia'], values=[27, 11, 25, 8], name='CO2', "
    "hole=0.4), 1, 2)",
    "range-slider": "px.line(px.data.stocks(), x='date', y='GOOG').update_xaxes(rangeslider_visible=True)",
    "range-selector": "px.area(px.data.stocks(), x='date', y=['GOOG', 'AAPL']).update_xaxes(rangeselector={'buttons': "
    "[{'count': 1, 'label': '1m', 'step': 'month'}, {'step': 'all'}]})",
    "menus": "go.Figure(go.Heatmap(z=[[1, 3, 5], [2, 4, 6]], x=['a', 'b', 'c'], y=['r', "
    "'s'])).update_layout(updatemenus=[{'buttons': [{'args': ['type', 'heatmap'], 'label': 'Heat "
    "map', 'method': 'restyle'}, {'args': ['type', 'surface'], 'label': 'Surface', 'method': "
    "'restyle'}]}])",
    "shapes": "go.Figure(go.Scatter(x=[2, 3.5, 6], y=[1, 1.5, 1], mode='markers')).add_shape(type='rect', x0=3, "
    "y0=1, x1=5, y1=2, line_color='RoyalBlue').add_shape(type='circle', x0=1, y0=1, x1=3, "
    "y1=2).add_hline(y=1.2, line_dash='dot', annotation_text='limit').add_vrect(x0=4, x1=4.5, "
    "fillcolor='red', opacity=0.2)",
    "barpolar-full": "go.Figure(go.Barpolar(r=[3.5, 1.5, 2.5, 4.5, 4.5, 4, 3], theta=[65, 15, 210, 110, 312.5, 180, "
    "270], width=[20, 15, 10, 20, 15, 30, 15]))",
    "areas": "px.area(px.data.gapminder(), x='year', y='pop', color='continent', line_group='country')",
    "patterned": "px.bar(px.data.medals_long(), x='medal', y='count', color='nation', pattern_shape='nation', "
    "text_auto=True)",
}
"""Kinds that answer pointer, finger and keys."""
EXPLORED = {
    "parallel": "px.parallel_coordinates(px.data.iris(), color='species_id', labels={'species_id': 'Species'})",
    "density-contour": "px.density_contour(px.data.iris(), x='sepal_width', y='sepal_length', color='species')",
    "gauge": "go.Figure(go.Indicator(mode='gauge+number+delta', value=420, delta={'reference': 400}, "
    "title={'text': 'Speed'}, gauge={'axis': {'range': [None, 500]}, 'steps': [{'range': [0, 250], "
    "'color': 'lightgray'}, {'range': [250, 400], 'color': 'gray'}], 'threshold': {'line': {'color': "
    "'red', 'width': 4}, 'thickness': 0.75, 'value': 490}}))",
    "bullet": "go.Figure(go.Indicator(mode='number+gauge+delta', gauge={'shape': 'bullet'}, value=220, "
    "delta={'reference': 300}, title={'text': 'Profit'}))",
    "numbers": "go.Figure([go.Indicator(mode='number+delta', value=200, delta={'position': 'top', 'reference': "
    "320}, domain={'x': [0, 0.5], 'y': [0, 1]}), go.Indicator(mode='number', value=350, "
    "number={'prefix': '$'}, domain={'x': [0.6, 1], 'y': [0, 1]})])",
    "table": "go.Figure(go.Table(header={'values': ['Scores', 'Points']}, cells={'values': [[100, 90, 80, 90], "
    "[95, 85, 75, 95]]}))",
    "splom": "px.scatter_matrix(px.data.iris(), dimensions=['sepal_length', 'sepal_width', 'petal_length', "
    "'petal_width'], color='species')",
    "scatter-3d": "px.scatter_3d(px.data.iris(), x='sepal_length', y='sepal_width', z='petal_width', "
    "color='species')",
    "surface": "go.Figure(go.Surface(z=[[(a - 5) ** 2 - (b - 5) ** 2 for a in range(11)] for b in range(11)]))",
    "mesh": "go.Figure(go.Mesh3d(x=[0, 1, 2, 0], y=[0, 0, 1, 2], z=[0, 2, 0, 1], i=[0, 0, 0, 1], j=[1, 2, 3, "
    "2], k=[2, 3, 1, 3], opacity=0.5))",
    "line-3d": "px.line_3d(px.data.gapminder().query(\"country == 'Chile'\"), x='gdpPercap', y='pop', z='year')",
    "tiles": "px.scatter_map(px.data.carshare(), lat='centroid_lat', lon='centroid_lon', color='peak_hour', "
    "size='car_hours', zoom=10)",
    "image": "px.imshow(__import__('numpy').array([[[255, 0, 0], [0, 255, 0], [0, 0, 255]], [[0, 255, 0], [0, "
    "0, 255], [255, 0, 0]]], dtype='uint8'))",
    "smith": "go.Figure(go.Scattersmith(imag=[0.5, 1, 2, 3], real=[0.5, 1, 2, 3]))",
}
"""Kinds that have a picture, their data, and "Explore": numbers to read, what is drawn in space, maps of tiles."""


@pytest.fixture(scope="module")
def alive(request: pytest.FixtureRequest) -> list[str]:
    """The kinds that answer, of those that are tried."""
    return [*ALIVE][:: 1 if request.config.getoption("--all") else 8]


@pytest.fixture(scope="module")
def explored(request: pytest.FixtureRequest) -> list[str]:
    """Those that offer to be explored."""
    return [*EXPLORED][:: 1 if request.config.getoption("--all") else 8]


@pytest.fixture(scope="module")
def address(served_article: Callable[..., str], alive: list[str], explored: list[str]) -> str:
    """An article with a figure of each kind."""
    figures = ALIVE | EXPLORED
    cells = [
        f"#| label: fig-{name}\n#| source: false\n{figures[name]}.update_layout(title='The {name}')"
        for name in (*alive, *explored)
    ]
    return served_article("gallery", IMPORTS, *cells)


def test_each_is_drawn_has_its_words_and_its_data(opened, alive, explored):
    for width, form in ((1280, "wide"), (390, "narrow")):
        page = opened(PAGE, width)
        for name in {*alive, *explored} - {"table"}:
            drawing = page.locator(f"#chart-fig-{name} .chart-{form}")
            assert drawing.is_visible(), name
            alt = drawing.get_attribute("aria-label")
            assert alt and f"The {name}" in alt, name
            assert drawing.locator("path, image, text").count(), name
        tables = page.locator(".chart table").count()
        pixels = "image" in explored  # of which there is no table
        assert tables == len(alive) + len(explored) - pixels


def test_what_is_drawn_in_pixels_is_a_file_of_the_site(opened):
    page = opened(PAGE)
    images = page.locator(".chart-wide image")
    assert images.count() >= 2
    for image in images.all():
        address = image.evaluate("(image) => new URL(image.href.baseVal, location).href")
        answer = page.request.get(address)
        assert answer.ok and answer.headers["content-type"] == "image/png", address


def test_each_answers_everywhere_or_says_explore(opened, alive, explored):
    page = opened(PAGE)
    tip = page.locator(".chart-tip:popover-open")
    for name in alive:
        chart = page.locator(f"#chart-fig-{name}")
        picture = chart.locator(".chart-picture")
        picture.evaluate("(picture) => picture.scrollIntoView({ block: 'center' })")
        box = picture.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        expect(tip, name).to_be_visible()
        page.mouse.move(0, 0)
        keys = chart.locator(".chart-keys")
        keys.focus()
        page.keyboard.press("ArrowRight")
        expect(tip, name).to_be_visible()
        assert chart.locator("[role=status].chart-reading").inner_text(), name
        page.keyboard.press("Escape")
    for name in {*explored} - {"table"}:
        chart = page.locator(f"#chart-fig-{name}")
        assert chart.get_by_role("button", name="Explore").is_visible(), name
        assert chart.get_attribute("data-pointing") is None, name
    assert not page.evaluate(
        "performance.getEntriesByType('resource').some((entry) => entry.name.includes('/plotly'))"
    )
