"""The experiments and the guess in a real browser, under Voilà."""

import re

import pytest

pytestmark = pytest.mark.slow
CELLS = [
    "import digitkit\n\ndigits = digitkit.load_mnist().train[-30_000:]\ndigitkit.TrainingWatcher(digits)",
    "digits, network = digits[-3000:], digitkit.load_network()",
    "digitkit.MistakeGallery(digits, network.probabilities(255 - digits.images))",
    "digitkit.RobustnessSliders(network, digits[:50])",
    'digitkit.Predict("Which is larger?", ["the first", "the second"])',
    'digitkit.Predict("How many?")',
]


@pytest.fixture(scope="module")
def page(notebook_page):
    notebook_page.get_by_placeholder("a number").wait_for(timeout=120_000)
    return notebook_page


def says(page, text, timeout=60_000):
    page.get_by_role("status").filter(has_text=re.compile(text)).wait_for(timeout=timeout)


def test_a_network_trains_another_is_stopped_and_both_are_compared(page):
    page.get_by_role("combobox", name="I predict:").select_option("over 98 % right")
    page.get_by_role("button", name="Train").click()
    says(page, r"Run 1 is done: [\d.]+ % of 5,000 validation digits read right", timeout=120_000)
    page.get_by_role("combobox", name="Change:").select_option("epochs")
    page.get_by_role("combobox", name="to:").select_option("3")
    page.get_by_role("button", name="Train").press("Enter")
    page.get_by_role("button", name="Stop, keep the weights").click(timeout=60_000)
    says(page, "Run 2 was stopped; its weights are kept")
    table = page.locator(".digitkit-runs")
    assert table.locator("tbody tr").count() == 2
    assert "epochs 3, stopped" in table.inner_text()
    page.get_by_role("button", name="Train").click(timeout=30_000)  # and it can go on
    says(page, r"Run 3 is done", timeout=120_000)


def test_a_cell_of_the_table_opens_its_digits(page):
    says(page, r"All [\d,]+ mistakes, the surest first, 20 of them shown")
    cell = page.locator(".digitkit-matrix button.digitkit-many").first
    kind = cell.get_attribute("title")
    cell.press("Enter")
    says(page, re.escape(kind))
    label, answer = re.match(r"(\d) read as (\d)", kind).groups()
    page.locator(".digitkit-pictures").get_by_alt_text(f"label {label}, read {answer}").first.wait_for(timeout=30_000)
    shown = page.locator(".digitkit-pictures li")
    before = shown.count()
    page.get_by_role("button", name="20 more").click()
    page.wait_for_function(f"document.querySelectorAll('.digitkit-pictures li').length > {before}")


def test_the_sliders_work_by_keyboard_and_the_answer_follows(page):
    slider = page.get_by_role("slider", name="to the right")
    for _ in range(9):
        slider.press("ArrowRight")
    says(page, "moved 9 pixels to the right: read as")
    page.get_by_text("50 digits, all moved 9 pixels to the right").wait_for(timeout=30_000)
    page.get_by_role("checkbox", name="invert").check()
    says(page, "moved 9 pixels to the right, inverted")
    page.get_by_role("button", name="Reset").press("Enter")
    page.get_by_text("50 digits, all unchanged").wait_for(timeout=30_000)
    assert slider.input_value() == "0"


def test_a_guess_is_made_by_keyboard(page):
    page.get_by_role("radio", name="the first").focus()
    page.keyboard.press("ArrowDown")
    assert page.get_by_role("radio", name="the second").is_checked()
    number = page.get_by_placeholder("a number")
    number.fill("many")
    number.press("Enter")
    page.get_by_text("Write a number, such as 8000 or 97 %.").wait_for(timeout=30_000)
