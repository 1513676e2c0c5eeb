"""A byte-level BPE tokenizer: trainer, encoder, decoder, and the Hugging Face tokenizer.json format."""
import json
import re
from collections import Counter

# The pattern that tokenizer.json carries (Qwen2's), and its twin for Python's re, which has no \p{..}.
PATTERN = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
           r"|\s*[\r\n]+|\s+(?!\S)|\s+")
SPLIT = re.compile(r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|(?:[^\w\r\n]|_)?[^\W\d_]+|\d| ?(?:[^\s\w]|_)+[\r\n]*"
                   r"|\s*[\r\n]+|\s+(?!\S)|\s+")
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
MARKERS = ["<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>"]
ADDED = re.compile("(" + "|".join(re.escape(t) for t in SPECIAL + MARKERS) + ")")


def byte_alphabet():
    """GPT-2's mapping of the 256 bytes to printable characters."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [b for b in range(256) if b not in printable]
    table = {b: chr(b) for b in printable}
    table.update({b: chr(256 + i) for i, b in enumerate(others)})
    return table


BYTES = byte_alphabet()
UNBYTES = {c: b for b, c in BYTES.items()}
SPACE = BYTES[32]


def to_symbols(piece):
    return "".join(BYTES[b] for b in piece.encode("utf-8"))


def train_merges(counts, wholes, size):
    """Learn `size` merges from {piece: count}.

    The space in front of a word takes no part in the merges: a name must fall into the same tokens after
    a space, after a quote and after a newline, or a small model could not learn to copy it. Only the
    common words of the fixed text (`wholes`) get one merge with their space, at the very end.
    """
    words = Counter()
    for piece, count in counts.items():
        words[to_symbols(piece[1:] if re.fullmatch(r" [^\W\d_]+", piece) else piece)] += count
    words = [(list(w), c) for w, c in words.items() if len(w) > 1]
    pairs, where = Counter(), {}
    for n, (symbols, count) in enumerate(words):
        for pair in zip(symbols, symbols[1:]):
            pairs[pair] += count
            where.setdefault(pair, set()).add(n)
    merges = []
    while len(merges) < size:
        best = max(pairs, key=lambda p: (pairs[p], p))
        merges.append(best)
        for n in where.pop(best):  # only the words with this pair change
            symbols, count = words[n]
            for pair in zip(symbols, symbols[1:]):
                pairs[pair] -= count
            i = 0
            while i < len(symbols) - 1:
                if (symbols[i], symbols[i + 1]) == best:
                    symbols[i:i + 2] = ["".join(best)]
                i += 1
            for pair in zip(symbols, symbols[1:]):
                pairs[pair] += count
                where.setdefault(pair, set()).add(n)
        del pairs[best]
    tokens = {a + b for a, b in merges[:size - len(wholes)]}
    wholes = [(SPACE, w) for w in wholes if w in tokens]
    return merges[:size - len(wholes)] + wholes


class Tokenizer:
    def __init__(self, merges):
        self.merges = merges
        self.ranks = {pair: i for i, pair in enumerate(merges)}
        names = sorted(BYTES.values()) + [a + b for a, b in merges]
        self.vocab = {name: i for i, name in enumerate(names)}
        self.added = {t: len(self.vocab) + i for i, t in enumerate(SPECIAL + MARKERS)}
        self.names = names + SPECIAL + MARKERS
        self.size = len(self.names)
        self.end = self.added["<|im_end|>"]
        self.cache = {}

    def bpe(self, piece):
        if piece in self.cache:
            return self.cache[piece]
        symbols = list(to_symbols(piece))
        while len(symbols) > 1:
            rank, i = min((self.ranks.get(p, 1 << 30), i) for i, p in enumerate(zip(symbols, symbols[1:])))
            if rank == 1 << 30:
                break
            symbols[i:i + 2] = [symbols[i] + symbols[i + 1]]
        ids = self.cache[piece] = [self.vocab[s] for s in symbols]
        return ids

    def encode(self, text):
        ids = []
        for part in ADDED.split(text):
            if part in self.added:
                ids.append(self.added[part])
            else:
                for match in SPLIT.finditer(part):
                    ids += self.bpe(match.group())
        return ids

    def decode(self, ids):
        data = b"".join(name.encode() if name in self.added else bytes(UNBYTES[c] for c in name)
                        for name in (self.names[i] for i in ids))
        return data.decode("utf-8", "replace")

    def save(self, path):
        added = [{"id": i, "content": t, "single_word": False, "lstrip": False, "rstrip": False,
                  "normalized": False, "special": t in SPECIAL} for t, i in self.added.items()]
        data = {
            "version": "1.0", "truncation": None, "padding": None, "added_tokens": added, "normalizer": None,
            "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
                {"type": "Split", "pattern": {"Regex": PATTERN}, "behavior": "Isolated", "invert": False},
                {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False}]},
            "post_processor": None,
            "decoder": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False,
                        "use_regex": False},
            "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": "",
                      "end_of_word_suffix": "", "fuse_unk": False, "byte_fallback": False,
                      "ignore_merges": False, "vocab": self.vocab,
                      "merges": [f"{a} {b}" for a, b in self.merges]}}
        with open(path, "w", encoding="utf-8") as file:
            json.dump(data, file, ensure_ascii=False, indent=1)

    @staticmethod
    def load(path):
        with open(path, encoding="utf-8") as file:
            return Tokenizer([tuple(m.split(" ")) for m in json.load(file)["model"]["merges"]])
