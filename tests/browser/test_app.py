"""The panel in a real browser, under Voilà."""

import pytest

from digitkit.data import data_dir

SAMPLES = data_dir() / "samples"


@pytest.fixture
def page(browser, app_address):
    page = browser.new_page(viewport={"width": 1200, "height": 1000})
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.goto(app_address)
    page.get_by_role("button", name="Choose a picture").wait_for(timeout=60_000)
    yield page
    assert page.errors == []
    page.close()


def choose(page, path):
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a picture").click()
    chooser.value.set_files(path)


def test_a_chosen_picture_is_read(page):
    choose(page, SAMPLES / "shadow_5.jpg")
    page.get_by_text("I read 5").wait_for(timeout=20_000)
    page.locator(".digitkit-strip").wait_for(timeout=20_000)
    assert page.locator(".digitkit-box").count() == 1
    assert page.locator(".digitkit-bars tr").count() == 10
    assert page.locator(".digitkit-first th").inner_text() == "5"
    assert page.locator(".digitkit-strip li").count() == 9
    assert page.get_by_alt_text("28 by 28 pixels").count() == 1


DROP = """([name, type, bytes, kind]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([new Uint8Array(bytes)], name, { type }));
    const options = { bubbles: true, cancelable: true };
    const event = kind === "drop"
        ? new DragEvent("drop", { ...options, dataTransfer: transfer })
        : new ClipboardEvent("paste", { ...options, clipboardData: transfer });
    document.querySelector(".digitkit-drop button").focus();
    (kind === "drop" ? document.querySelector(".digitkit-drop") : document.activeElement).dispatchEvent(event);
}"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_a_picture_can_be_dropped_or_pasted(page, kind):
    path = SAMPLES / "row_2026.jpg"
    page.evaluate(DROP, [path.name, "image/jpeg", list(path.read_bytes()), kind])
    page.get_by_text("I read 2026, 4 digits.").wait_for(timeout=20_000)
    page.locator(".digitkit-box").nth(3).wait_for(timeout=20_000)
    page.get_by_role("button", name="6", exact=True).click()
    page.get_by_alt_text("digit 4 of 4").wait_for(timeout=20_000)


@pytest.mark.slow
def test_a_huge_photo_is_shrunk_in_the_browser_and_turned_upright(page, tmp_path):
    import numpy as np
    from PIL import Image

    sideways = Image.open(SAMPLES / "sideways_4.jpg").resize((6000, 8000))
    noisy = np.asarray(sideways).astype(np.int16) + np.random.default_rng(0).integers(-40, 41, (8000, 6000, 3), dtype=np.int16)
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = tmp_path / "photo.jpg"
    Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)).save(photo, quality=94, exif=exif)
    assert photo.stat().st_size > 30_000_000
    choose(page, photo)
    page.get_by_text("I read 4").wait_for(timeout=60_000)


@pytest.mark.slow
def test_what_is_no_picture_gets_a_sentence_and_the_panel_lives(page, tmp_path):
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear diary")
    choose(page, letter)
    page.get_by_text("This is not a picture that can be read").wait_for(timeout=20_000)
    huge = tmp_path / "film.mov"
    huge.write_bytes(bytes(12_000_000))
    choose(page, huge)
    page.get_by_text("at 12 MB it is too big to send").wait_for(timeout=20_000)
    choose(page, SAMPLES / "blank.jpg")
    page.get_by_text("I see no digit here.").wait_for(timeout=20_000)
    choose(page, SAMPLES / "pen_7.jpg")
    page.get_by_text("I read 7").wait_for(timeout=20_000)


@pytest.mark.slow
def test_the_plain_upload_and_the_samples_work_by_keyboard(page):
    page.get_by_label("Or a sample").select_option("chalk 9")
    page.get_by_text("I read 9").wait_for(timeout=20_000)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Plain upload").press("Enter")
    chooser.value.set_files(SAMPLES / "pen_7.jpg")
    page.get_by_text("I read 7").wait_for(timeout=20_000)
