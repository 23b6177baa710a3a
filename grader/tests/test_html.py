"""The HTML report in a real browser: what it shows, that nothing escapes into it, and that everybody can use it."""

import re

import msgspec
import pytest

from grader.reports import html, plot
from grader.reports.html import _coded
from grader.reports.landscape import HEIGHT, WIDTH, landscape
from grader.results import Bowl, Descent, Divergence, ErrorMeasure, MistakeResult, Series, Verdict
from grader.tests.sample_results import HOSTILE, HOSTILE_LINES, check, exercise, lesson, results

EXPECTED = [2.7 * 0.9**index + 0.01 for index in range(50)]
GOT = [value if index < 12 else 1.3 * value for index, value in enumerate(EXPECTED)]
LOSSES = Series(name="losses", expected=EXPECTED, got=GOT, differs_from=12)
WAY = Descent(
    parameters=("b", "w"),
    epochs=[0, 1, 2, 4],
    expected=[(0.0, 0.0), (0.5, 0.25), (0.75, 0.75), (0.9, 1.5)],
    got=[(0.0, 0.0), (0.25, 0.25), (-40.0, 1e30), None],
    differs_from=1,
    surface=Bowl(lowest=(1.0, 2.0), least=0.125, curvature=(2.0, 1.0, 1.5)),
)
SOURCE = "import torch\n\nx = torch.ones(2)\nif x[0] < 3: print('<b>')\n"


def sample():
    """Return results with everything the page can show."""
    wrong = check(
        "follows the reference",
        Verdict.WRONG,
        message="`losses[12]` is 1.0, expected 0.77.\nmore",
        line=4,
        divergence=Divergence(where="losses[12]", expected=0.77, got=1.0, ratio=1.3, step=12),
        error=ErrorMeasure(observed=0.3, allowed=1e-9),
        series=[LOSSES],
        descent=WAY,
        output="hello from print",
    )
    mistake = MistakeResult(name="wrong-sign", says="You move uphill: subtract lr times the gradient.")
    return results(
        lesson(
            [
                exercise("ex1_forward", Verdict.PASSED, [check("gives the right values")]),
                exercise("ex2_backward", Verdict.NOT_ATTEMPTED, [check("is right", Verdict.NOT_ATTEMPTED)]),
                exercise("ex3_train_mlp", Verdict.WRONG, [wrong, check("another")], mistakes=[mistake]),
            ]
        ),
        lesson(
            [exercise("ex1_x", Verdict.WRONG, [check(HOSTILE, Verdict.WRONG, message=HOSTILE_LINES)], lesson="2.4")],
            id="2.4",
            title=HOSTILE,
        ),
    )


def page_text():
    made = sample()
    return html.render(made, {made.lessons[0].exercises[2].file: SOURCE})


# ---------------------------------------------------------------- without a browser


def test_one_file_without_the_network():
    """The page is small, loads nothing, and its policy lets nothing else run."""
    text = page_text()

    assert len(text) < 100_000
    assert re.findall(r"(?:src|href)=[\"'](?!#)[^\"']*", text) == []
    assert "url(" not in text
    assert "default-src 'none'" in text


def test_nothing_of_a_student_is_markup():
    """Titles, messages and code of a student stand there as text."""
    text = page_text()

    assert "<script>alert" not in text
    assert "<b>html" not in text
    assert "print(&#39;&lt;b&gt;&#39;)" in text
    assert "\x1b" not in text
    assert text.count("<script>") == 1


def test_a_curve_is_thinned_but_keeps_what_matters():
    """Long rows keep their ends and the first difference; missing entries break the line."""
    right = [float(index) for index in range(5000)]
    mine = [*right[:3211], *(value + 1 for value in right[3211:-1]), None]
    drawn = plot.plot(Series(name="w", expected=right, got=mine, differs_from=3211))
    indices = [row[0] for row in drawn.rows]

    assert len(indices) < 300
    assert {0, 3210, 3211, 4999} <= set(indices)
    assert drawn.rows[-1][1:] == ("4999", "not finite")
    assert len(plot.lines(drawn.got)) == 1
    assert (drawn.first, drawn.logarithmic) == (3211, False)


@pytest.mark.parametrize("values", [[], [1.0], [None, None]])
def test_no_curve(values):
    """One number, or none that is finite, is no curve."""
    assert plot.plot(Series(name="w", expected=values, got=values)) is None


@pytest.mark.parametrize("values", [[0.0, 0.0], [5.0, 5.0], [-1e300, 1e300], [1e-300, 1e-3], [1e-9, 1e-9 + 1e-20]])
def test_extreme_curves(values):
    """Flat, huge and tiny rows are drawn inside of the picture, with at least one tick on each axis."""
    drawn = plot.plot(Series(name="w", expected=values, got=values))
    heights = [float(point.split(",")[1]) for point in drawn.got.split()]

    assert all(0 <= height <= plot.HEIGHT for height in heights)
    assert drawn.x_ticks
    assert drawn.y_ticks
    assert all(0 <= tick.place <= plot.HEIGHT for tick in drawn.y_ticks)


def test_contours_are_lines_of_equal_loss():
    """Every corner of a contour has the contour's loss, and the start lies on the second one."""
    far = Descent(
        parameters=("b", "w"),
        epochs=[0, 1],
        expected=[(-3.0, -4.0), (2.0, 5.0)],
        got=[None, None],
        surface=WAY.surface,
    )
    drawn = landscape(far)
    (left, bottom), (right, top) = drawn.expected

    def point(x, y):
        return -3 + 5 * (x - left) / (right - left), -4 + 9 * (y - bottom) / (top - bottom)

    for step, contour in enumerate(drawn.contours):
        loss = 0.125 + (far.surface.height((-3.0, -4.0)) - 0.125) * 4 ** (1 - step)
        corners = [point(*map(float, corner.split(","))) for corner in contour.points.split()]
        assert [far.surface.height(one) for one in corners] == pytest.approx([loss] * len(corners), rel=0.02)


def test_a_path_that_leaves_the_picture():
    """The picture shows the right path and the lowest point, however far away the submission's path ends."""
    drawn = landscape(WAY)

    assert all(0 < x < WIDTH and 0 < y < HEIGHT for x, y in [*drawn.expected, drawn.lowest, drawn.mark])
    assert drawn.rows[3][1:] == ("0.9", "1.5", "0.3725", "none", "none", "none")
    assert (drawn.first, drawn.leaves) == (1, 2)
    assert len(drawn.got) == 3
    assert "Your path goes from (0, 0) to nowhere in 4 epochs. They part at epoch 1." in drawn.summary


def test_a_path_that_comes_back():
    """What a path does after it has left the picture is not drawn: lines across it would say nothing."""
    bounces = [(0.0, 0.0), (0.25, 0.25), (-40.0, 30.0), (0.3, 0.3)]
    drawn = landscape(msgspec.structs.replace(WAY, got=bounces))

    assert len(drawn.got) == 3
    assert landscape(msgspec.structs.replace(WAY, got=WAY.expected)).leaves is None


def test_code_in_sentences():
    """What stands in backticks is code; everything is escaped, and a single backtick is one."""
    assert _coded("`w[0]` is <b> `a < b` and ` alone") == (
        "<code>w[0]</code> is &lt;b&gt; <code>a &lt; b</code> and ` alone"
    )


# ---------------------------------------------------------------- in a browser


@pytest.fixture
def page(browser, tmp_path):
    """Return a browser's page with the report, and refuse every request to the network."""
    path = tmp_path / "report.html"
    path.write_text(page_text(), encoding="utf-8")
    made = browser.new_page()
    asked, said = [], []
    made.on("request", lambda request: asked.append(request.url))
    made.on("console", lambda message: said.append(message.text))
    made.goto(path.as_uri())
    yield made
    assert asked[0] == path.as_uri()
    assert {url.partition("#")[0] for url in asked} == {path.as_uri()}
    assert said == []
    made.close()


def visible_exercises(page):
    return [one.get_attribute("id") for one in page.locator(".exercise").all() if one.is_visible()]


def test_filters_and_search(page):
    """The buttons and the search show what they say, and tell how many that are."""
    assert visible_exercises(page) == ["2.3.1", "2.3.2", "2.3.3", "2.4.1"]
    page.get_by_role("button", name="To mend").click()
    assert visible_exercises(page) == ["2.3.3", "2.4.1"]
    page.get_by_label("Search").fill("uphill")
    assert visible_exercises(page) == ["2.3.3"]
    assert page.locator(".filters output").inner_text() == "1 of 4 exercises"
    page.get_by_label("Search").fill("")
    page.get_by_role("button", name="Passed").click()
    assert visible_exercises(page) == ["2.3.1"]


def test_deep_links(page):
    """A link to an exercise opens it, also when a filter hides it."""
    page.get_by_role("button", name="Passed").click()
    page.evaluate("location.hash = '2.3.2'")
    page.locator("[id='2.3.2'][open]").wait_for()

    assert "2.3.2" in visible_exercises(page)


def test_keyboard(page):
    """Everything can be reached and used with the keyboard."""
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the exercises"
    page.locator("[id='2.3.1'] > summary").focus()
    page.keyboard.press("Enter")
    assert page.locator("[id='2.3.1']").get_attribute("open") is not None
    page.locator("[id='2.3.3'] input[type=range]").first.focus()
    page.keyboard.press("End")
    assert "index 49" in page.locator(".reader output").first.inner_text()


def test_plot_values_are_those_of_the_results(page):
    """The table and the read-out under the pointer hold the numbers of the JSON."""
    page.locator("[id='2.3.3'] .values > summary").first.click()
    figure = page.locator("[id='2.3.3'] .plot").first
    rows = figure.locator("tbody tr").all()
    shown = [[float(cell) for cell in row.locator("th, td").all_inner_texts()] for row in rows]

    assert [row[0] for row in shown] == list(range(50))
    assert [row[1] for row in shown] == pytest.approx(EXPECTED, rel=1e-7)
    assert [row[2] for row in shown] == pytest.approx(GOT, rel=1e-7)
    said = figure.locator(".reader output")
    assert "index 12" in said.inner_text()
    figure.locator("svg").hover(position={"x": 5, "y": 50})
    assert "index 0:" in said.inner_text()


def test_path_values_are_those_of_the_results(page):
    """The table of a path holds the parameters and the losses there; the pointer finds the nearest point of it."""
    figure = page.locator("[id='2.3.3'] .plot").last
    figure.locator(".values > summary").click()
    rows = [row.locator("th, td").all_inner_texts() for row in figure.locator("tbody tr").all()]

    assert [int(row[0]) for row in rows] == WAY.epochs
    assert [(float(row[1]), float(row[2])) for row in rows] == WAY.expected
    assert [float(row[3]) for row in rows] == pytest.approx([WAY.surface.height(one) for one in WAY.expected], rel=1e-5)
    assert rows[1][4:6] == ["0.25", "0.25"]
    said = figure.locator(".reader output")
    assert said.inner_text().startswith("epoch 1: expected b 0.5; expected w 0.25; expected loss ")
    figure.locator("svg").first.hover(position={"x": 5, "y": 5})
    figure.locator("circle.mine").first.hover()
    assert said.inner_text().startswith("epoch 0: ")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_dark_and_light(page, scheme):
    """The page follows the system, and the button turns it."""
    page.emulate_media(color_scheme=scheme)
    light = "getComputedStyle(document.body).backgroundColor === 'rgb(255, 255, 255)'"
    assert page.evaluate(light) == (scheme == "light")
    page.get_by_role("button", name="Dark").click()
    assert page.evaluate(light) == (scheme == "dark")


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1440, "light")])
def test_no_violations_of_accessibility_rules(page, scheme, width):
    """axe-core finds nothing, on a phone and on a screen, in both schemes; nothing scrolls sideways."""
    from axe_playwright_python.sync_playwright import Axe

    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    found = Axe().run(page)

    assert [one["id"] for one in found.response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_a_screen_reader_finds(page):
    """The ring, the curve and the state of an exercise are words, too."""
    tree = page.locator("body").aria_snapshot()

    assert 'img "2 of 20 points, 10 %"' in tree
    assert "losses: expected from 2.71" in tree
    assert "They part at index 12." in tree
    assert "The lowest point of the loss is at b, w = (1, 2)." in tree
    assert "wrong" in tree


def test_without_scripts(browser, tmp_path):
    """Where scripts are forbidden, everything is readable all the same."""
    path = tmp_path / "report.html"
    path.write_text(page_text(), encoding="utf-8")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(path.as_uri())

    assert page.get_by_text("You move uphill").first.is_visible()
    assert not page.locator(".filters").is_visible()
    context.close()
