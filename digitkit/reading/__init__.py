"""Picture in, reading out: which digits are there, where, and how sure the network is."""

from digitkit.errors import speak_in_sentences
from digitkit.reading.judged import SURE, Digit, Reading, judge
from digitkit.reading.reader import as_network, read
from digitkit.reading.search import best_path
from digitkit.reading.sentences import GUESS, NO_DIGIT, SAYS, in_words

__all__ = ["GUESS", "NO_DIGIT", "SAYS", "SURE", "Digit", "Reading", "as_network", "best_path", "in_words", "judge", "read"]

speak_in_sentences(globals(), __all__)
