"""Greedy decoding with the real tool loop over the held-out prompts, from the exported files."""
import argparse
import json
import pathlib
import random
import re
from collections import Counter

import torch

from chat import results_text, system_text, user_text
from model import Llama, load_safetensors
from tokenizer import Tokenizer

CALL = re.compile(r"<tool_call>\n(.*?)\n</tool_call>", re.S)


@torch.no_grad()
def generate(model, tokenizer, ids, past, limit=160):
    """The reply to ids behind past, and the keys and values that then exist."""
    new, feed = [], ids
    while len(new) < limit:
        hidden, past = model(torch.tensor([feed]), past)
        token = int(model.logits(hidden[0, -1]).argmax())
        feed = [token]
        if token == tokenizer.end:
            break
        new.append(token)
    return tokenizer.decode(new), feed, past


def parse(reply):
    try:
        return [json.loads(text) for text in CALL.findall(reply)]
    except ValueError:
        return None


def converse(model, tokenizer, line, past):
    """Calls and final answer of the model, its tools answering with the scripted results."""
    made, text, pending = [], user_text(line["prompt"]), []
    for results in line["results"] + [None]:
        reply, pending, past = generate(model, tokenizer, pending + tokenizer.encode(text), past)
        calls = parse(reply)
        if not calls or results is None:
            return made, reply
        made.append(calls)
        text = "\n" + results_text(results)
    return made, reply


def evaluate(model, tokenizer, lines, system, verbose=5):
    right, count = Counter(), Counter()
    with torch.no_grad():
        prefix = model(torch.tensor([tokenizer.encode(system)]))[1]
    for line in lines:
        calls, answer = converse(model, tokenizer, line, prefix if line["tools"] else None)
        good = calls == line["calls"] and answer == line["answer"]
        right[line["category"]] += good
        count[line["category"]] += 1
        if not good and verbose > 0:
            verbose -= 1
            print(f"  wrong {line['prompt']!r}: {calls} {answer!r}, wanted {line['answer']!r}")
    print("  " + "  ".join(f"{c} {right[c]}/{n}" for c, n in count.items())
          + f"  all {sum(right.values())}/{len(lines)}", flush=True)
    return right, count


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent)
    parser.add_argument("--shuffle", type=int, default=0, help="seed of another order of the tools")
    args = parser.parse_args()
    config = json.loads((args.model / "config.json").read_text())
    model, tokenizer = Llama(config), Tokenizer.load(args.model / "tokenizer.json")
    model.load_state_dict(load_safetensors(args.model / "model.safetensors"))
    lines = [json.loads(l) for l in (args.model / "heldout.jsonl").read_text(encoding="utf-8").splitlines()]
    tools = json.loads((args.model / "tools.json").read_text(encoding="utf-8"))
    if args.shuffle:
        random.Random(args.shuffle).shuffle(tools)
    evaluate(model, tokenizer, lines, system_text(tools), verbose=300)


if __name__ == "__main__":
    main()
