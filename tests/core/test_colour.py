import pytest

from apps.core.colour import accent_steps, contrast

COLOURS = ["#0066cc", "#0b7285", "#ffcc00", "#ff0000", "#00ff00", "#808080", "#000000", "#ffffff", "#7a1fa2"]


@pytest.mark.parametrize("colour", COLOURS)
def test_every_office_colour_carries_white_text_and_reads_on_tints(colour):
    steps = accent_steps(colour)

    assert contrast(steps[600], "#ffffff") >= 4.5
    assert contrast(steps[700], "#ffffff") >= 7 * 0.95
    assert contrast("#171920", steps[200]) >= 7
    assert contrast(steps[300], "#14171e") >= 7
    assert contrast(steps[400], "#171920") >= 4.5
    assert contrast("#eef0f4", steps[900]) >= 7


def test_the_hue_stays(colour="#0066cc"):
    red, green, blue = (int(accent_steps(colour)[600][i : i + 2], 16) for i in (1, 3, 5))

    assert blue > green > red


@pytest.mark.parametrize("nonsense", ["", "blue", "#12", "#12345g", "#123456; }"])
def test_what_is_no_colour_gives_no_steps(nonsense):
    assert accent_steps(nonsense) == {}
