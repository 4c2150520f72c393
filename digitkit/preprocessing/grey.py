"""A picture in colour -> grey levels in which the ink differs from its paper."""

import cv2
import numpy as np


def to_grey(colours: np.ndarray) -> np.ndarray:
    """Grey levels, so that the ink differs from its paper: brightness (ITU-R BT.601: 30 % red, 59 % green, 11 % blue), or, where
    ink and paper are equally bright, as yellow on light blue is, how far each colour is from the paper's.

    colours: (h, w, 3) uint8, RGB. Returns (h, w) uint8.

    >>> to_grey(np.full((1, 1, 3), 7, np.uint8)).item()
    7
    """
    grey = cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(colours, (64, 64), interpolation=cv2.INTER_AREA).reshape(-1, 3).astype(np.float32)
    paper = np.median(small, axis=0)
    weights = np.array([0.299, 0.587, 0.114], np.float32)
    away, brighter = np.linalg.norm(small - paper, axis=1), np.abs((small - paper) @ weights)
    far = away > max(0.6 * np.percentile(away, 99), 60)
    if not far.any() or far.mean() > 0.3 or np.median(brighter[far] / away[far]) > 0.2:
        return grey
    distance = np.linalg.norm(colours.astype(np.float32) - paper, axis=2)
    return np.rint(255 - 255 * np.minimum(distance / np.percentile(away[far], 90), 1)).astype(np.uint8)
