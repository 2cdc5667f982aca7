"""Why pairs of pixel and place cannot bear a calibration: each says which pair and what helps."""

from collections.abc import Sequence

from layers.errors import LayersError


def label(row: int, names: Sequence[str]) -> str:
    """How a pair is called: its number from 1, and its name if it has one."""
    return f"{row + 1} ({names[row]})" if names[row] else str(row + 1)


class BadPairs(LayersError):
    """Root of the refusals of a calibration."""

    code = "bad-pairs"
    text = "These pairs cannot bear a calibration."


class TooFewPairs(BadPairs):
    """Fewer pairs than there are unknowns."""

    code = "too-few-pairs"
    text = "{count} pairs are too few: at least {needed} are needed. Add {missing} more."


class PairOutsidePicture(BadPairs):
    """A pixel that is not in the picture."""

    code = "pair-outside-picture"
    text = "Pair {label}: pixel ({u:.0f}, {v:.0f}) is outside the picture of {width} x {height}. Set it again."


class PairRepeated(BadPairs):
    """The same pixel or the same place twice."""

    code = "pair-repeated"
    text = "Pair {label} repeats the pixel or the place of pair {other_label}. Remove one of the two."


class PairsInLine(BadPairs):
    """All pixels, or all but one, lie on one line."""

    code = "pairs-in-line"
    text = (
        "The pairs lie on one line of the picture (all but {count} within {off_px:.0f} px), so the camera may turn "
        "about it. Add pairs to both sides of the line."
    )


class PairsCrowded(BadPairs):
    """All pixels in a small part of the picture."""

    code = "pairs-crowded"
    text = (
        "All pairs lie in a part of the picture {share:.0f} % as large as it. Add pairs near its corners: what lies "
        "outside the part would only be guessed."
    )


class WeakTurn(BadPairs):
    """The pairs leave the direction open."""

    code = "pairs-weak-turn"
    text = (
        "The pairs leave the direction open by {sigma:.2g} degrees (at most {limit:g} is let through). "
        "Add pairs farther apart in the picture."
    )


class WeakPlace(BadPairs):
    """The pairs leave the place of the lens open."""

    code = "pairs-weak-place"
    text = (
        "The pairs leave the place of the lens open by {sigma:.1f} m (at most {limit:.1f} m is let through). Add pairs "
        "nearer to it, farther and at other heights, or hold its place if it is surveyed."
    )


class WeakFocal(BadPairs):
    """Focal length and distance cannot be told apart."""

    code = "pairs-weak-focal"
    text = (
        "The pairs leave the field of view open by {sigma:.1f} degrees (at most {limit:.1f} is let through): a longer "
        "lens farther away would show the same. Add pairs at other distances or heights, or hold the focal length."
    )


class PairBehind(BadPairs):
    """A place that the solved camera cannot show."""

    code = "pair-behind"
    text = "Pair {label}: its place would lie behind the camera. Set it again, or remove it."


class WildPair(BadPairs):
    """One pair that the others speak against."""

    code = "wild-pair"
    text = (
        "Pair {label} does not fit: the others put its place {miss_px:.0f} px away from its pixel. "
        "Set its pixel or its place again, or remove it."
    )


class PairsDisagree(BadPairs):
    """The pairs contradict each other, and it cannot be said which is wrong."""

    code = "pairs-disagree"
    text = (
        "The pairs contradict each other by {rms_px:.0f} px. Most suspect are {label} and "
        "{other_label}; they may be swapped. Set them again, or add pairs so that the wrong one shows."
    )


class PairsMirrored(BadPairs):
    """The pairs fit a mirrored picture only."""

    code = "pairs-mirrored"
    text = (
        "The pairs fit only if left and right of the picture are swapped (then within {rms_px:.1f} px). "
        "Turn off the camera's mirroring, or set the pixels in a picture that is not mirrored."
    )


class NoPose(BadPairs):
    """No pose was found at all."""

    code = "no-pose"
    text = (
        "No pose brings these places to these pixels. Check that pixels and places belong together, "
        "and that the lens model is right."
    )
