"""Extra notebook: how it learns. The checks of its exercises."""

from digitkit.exercises.checking import exercise, refuse, require_number

TOLERANCE = 0.01  # a nudge of 0.001 finds a slope to about a thousandth, and a learner rounds on the way


@exercise
def check_nudge(answer):
    """Extra, how it learns: the slope of w2 by nudging, for w1 = 2, w2 = 3, b = 6, the pixel 2 and the target 21.

    >>> check_nudge(-24).outcome
    'right'
    """
    reasons = [
        (24, "The size is right, the sign is not. New loss minus old loss: does the loss grow or fall when w2 grows?"),
        (-0.024, "−0.024 is how much the loss changes. The slope is that per unit: divide it by the nudge, 0.001."),
        (0.024, "The loss falls by 0.024, so it is negative; and the slope is that per unit: divide it by the nudge, 0.001."),
        (8.976, "This is a loss, not a slope. From which loss to which does the nudge lead? Divide the change by 0.001."),
        (4, "4 is how much the *output* changes per unit of w2. Compare the losses, before and after the nudge."),
        (-36, "−36 is the slope of w1. Here w2 is nudged, from 3 to 3.001; w1 stays 2."),
        (-6, "−6 is the slope of b. Here w2 is nudged, from 3 to 3.001; b stays 6."),
        (48, "48 is the slope of w2 in the example above. Here w1 = 2, w2 = 3 and b = 6."),
    ]
    method = "Work out the loss with w2 = 3 and with w2 = 3.001. Subtract the first from the second, and divide by 0.001."
    require_number(answer, -24, reasons, method, TOLERANCE)
    return "The loss falls from 9 to 8.976: a larger w2 makes it smaller, so the slope is negative, −24."


@exercise
def check_backward(answer):
    """Extra, how it learns: the slopes of w1, w2 and b, for w1 = 2, w2 = 3, b = 4, the pixel 5 and the target 40.

    >>> check_backward([-180, -120, -48])
    ✗ Not yet. The slope of b: b is added, not multiplied, so per unit of b the output changes by 1. −12 × 1.
    """
    three = not isinstance(answer, (str, dict)) and hasattr(answer, "__len__") and len(answer) == 3
    refuse(not three, "The answer is a list of three numbers: the slopes of w1, w2 and b.")
    given = list(answer)
    refuse(given == [180, 120, 12], "The sizes are right, the signs are not: output minus target is 34 − 40 = −6, not 6.")
    refuse(given == [-90, -60, -6], "All three are half of what they should be: the slope of the output is 2 × (34 − 40).")
    refuse(given == [-12, -120, -180], "The right slopes, in another order: w1 first, then w2, then b.")
    refuse(given == [15, 10, 1], "These say how the *output* changes. Multiply each by the slope of the output, −12.")
    reasons = {
        "w1": [
            (-36, "−36 is the slope of hidden. One step more: per unit of w1, hidden changes by the pixel, 5."),
            (-72, "per unit of w1, hidden changes by the pixel, 5, not by w1 itself."),
            (-60, "the way back to w1 leads through hidden, where w2 = 3 is multiplied. −12 × 3 × 5."),
            (-120, "−120 is that of w2. The way back to w1 leads from the output to hidden, and from there to w1."),
        ],
        "w2": [
            (-36, "per unit of w2, the output changes by hidden, 10, not by w2 itself."),
            (-60, "w2 is multiplied by hidden, 10, not by the pixel."),
            (-24, "w2 is multiplied by hidden, 10, not by w1."),
        ],
        "b": [
            (-48, "b is added, not multiplied, so per unit of b the output changes by 1. −12 × 1."),
            (0, "b is not multiplied by anything, but it counts: per unit of b the output changes by 1."),
            (-6, "−6 is the error. The slope of the output is twice that."),
        ],
    }
    ways = {"w1": "−12 × 3 × …", "w2": "−12 × …", "b": "−12 × 1"}
    for name, slope, right in zip(ways, given, [-180, -120, -12], strict=True):
        explained = [(wrong, f"The slope of {name}: {why}") for wrong, why in reasons[name]]
        method = f"The slope of {name}: multiply along the way from the output to {name}, {ways[name]}."
        require_number(slope, right, explained, method, TOLERANCE)
    return "−12 × 3 × 5 = −180, −12 × 10 = −120 and −12: each of the three should grow, w1 most of all."


@exercise
def check_backward_mistake(answer):
    """Extra, how it learns: the number of the line that spoils a program for the backward pass.

    >>> check_backward_mistake(7).outcome
    'right'
    """
    reasons = [
        (1, "Line 1 is right: it is the forward pass of section 1. With a wrong hidden, w2 would get a wrong slope, too."),
        (2, "Line 2 is right: with a wrong output, all three slopes would be wrong."),
        (3, "Line 3 is right: were the slope of the output wrong, so would be that of b."),
        (4, "Line 4 is right: b is only added, and nudging says 8, too."),
        (5, "Line 5 is right: nudging says 48, too."),
        (6, "Line 6 is right: per unit of hidden, the output changes by w2, and 8 × 4 = 32."),
    ]
    require_number(answer, 7, reasons, "The answer is the number of a line, from 1 to 7.")
    return "Per unit of w1, hidden changes by x, not by w1: 32 × 2 = 64. Nudging has found it."
